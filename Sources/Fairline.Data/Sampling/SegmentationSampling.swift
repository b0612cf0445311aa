/// Divides the sentences of training anew in each epoch.
///
/// What a sentence becomes depends on the seed, the epoch and its number only, not on threads,
/// batches or stops.
package struct SegmentationSampling: Sendable {
  private let source: WordSampler
  private let target: WordSampler
  private let seed: Int
  private let limits: LengthLimits

  /// Puts both sides together.
  ///
  /// - Parameter limits: the longest sentences, ends included; one that would become longer stays
  ///   as it is.
  package init(source: WordSampler, target: WordSampler, seed: Int, limits: LengthLimits) {
    (self.source, self.target, self.seed, self.limits) = (source, target, seed, limits)
  }

  /// The pairs as they are divided in an epoch, longest source first.
  package func sampled(_ pairs: SentencePairs, epoch: Int) -> SentencePairs {
    func side(
      _ sentences: [[Int32]], _ sampler: WordSampler, _ side: Int, _ longest: Int
    ) -> [[Int32]] {
      zip(pairs.ids, sentences).map { id, sentence in
        var random = SamplingRandom([seed, epoch, id, side])
        let sampled = sampler.sampled(sentence, &random)
        return sampled.count <= longest ? sampled : sentence
      }
    }
    return SentencePairs(
      ids: pairs.ids, sources: side(pairs.sources, source, 0, limits.source),
      targets: side(pairs.targets, target, 1, limits.target), alignments: pairs.alignments)
  }
}

/// Divides the words of a sentence at random.
package struct WordSampler: Sendable {
  /// What a symbol is in its word.
  struct Part: Sendable {
    let text: [UInt8]
    var beginsWord = false
    var endsWord = false
  }

  /// The parts by the number of the symbol; nil for symbols that stay.
  private let parts: [Part?]
  /// Whether words without their last part stay.
  private let needsEnd: Bool
  /// The symbols of a text; nil where it has none.
  private let divide: @Sendable ([UInt8], inout SamplingRandom) -> [Int32]?

  init(
    _ parts: [Part?], needsEnd: Bool,
    divide: @escaping @Sendable ([UInt8], inout SamplingRandom) -> [Int32]?
  ) {
    (self.parts, self.needsEnd, self.divide) = (parts, needsEnd, divide)
  }

  /// How often a word is drawn until the dictionary has its symbols.
  private static let tries = 4

  /// The symbols of a sentence, its words divided anew; a word for which nothing is drawn that the
  /// dictionary has stays.
  func sampled(_ symbols: [Int32], _ random: inout SamplingRandom) -> [Int32] {
    var (result, word, text): ([Int32], [Int32], [UInt8]) = ([], [], [])
    result.reserveCapacity(symbols.count)
    func close(isWhole: Bool) {
      guard !word.isEmpty else { return }
      var drawn: [Int32]?
      for _ in 0..<(isWhole ? Self.tries : 0) where drawn == nil { drawn = divide(text, &random) }
      result += drawn ?? word
      word.removeAll(keepingCapacity: true)
      text.removeAll(keepingCapacity: true)
    }
    for symbol in symbols {
      let part = parts.indices.contains(Int(symbol)) ? parts[Int(symbol)] : nil
      if part?.beginsWord ?? true { close(isWhole: !needsEnd) }
      guard let part else {
        result.append(symbol)
        continue
      }
      word.append(symbol)
      text += part.text
      if part.endsWord { close(isWhole: true) }
    }
    close(isWhole: !needsEnd)
    return result
  }
}

extension Vocabulary {
  /// The number of a symbol in UTF-8; nil for symbols that it lacks, and special ones.
  func ordinaryID(of bytes: [UInt8]) -> Int32? {
    let id = bytes.withUnsafeBufferPointer { (bytes) -> Int32 in self.id(of: bytes) }
    return id > Self.unk ? id : nil
  }
}

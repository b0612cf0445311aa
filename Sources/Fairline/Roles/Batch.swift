public import FairlineTensor

/// The sentences of one step, packed: no padding is stored or computed.
public struct Batch: Sendable {
  /// The sentences' numbers in their dataset.
  public let ids: [Int]
  /// Source sentences, each with its end; no rows for tasks without a source.
  public let source: PackedTokens
  /// What the decoder reads: each target with its end moved to the front.
  public let decoderInput: PackedTokens
  /// What the decoder shall predict, row for row of ``decoderInput``. `[target]`
  public let target: [Int32]
  /// Which source words each sentence's target words are aligned with; nil where nothing is known.
  public var alignments: [[Link]]?

  /// A source word and a target word that belong together, by their places in their sentences.
  public struct Link: Sendable, Equatable {
    /// The places, counted from 0.
    public var source, target: Int

    /// Links two words.
    public init(source: Int, target: Int) { (self.source, self.target) = (source, target) }
  }

  /// Makes a batch.
  public init(ids: [Int], source: PackedTokens, decoderInput: PackedTokens, target: [Int32]) {
    precondition(
      target.count == decoderInput.count,
      "\(target.count) targets do not fit \(decoderInput.count) decoder inputs")
    self.ids = ids
    self.source = source
    self.decoderInput = decoderInput
    self.target = target
  }

  /// The number of sentences.
  public var sentenceCount: Int { ids.count }

  /// The number of target symbols, ends included.
  public var tokenCount: Int { target.count }

  /// The batch in parts of whole sentences, of about equal size: as many as it takes for the longer
  /// side of each to have about so many tokens.
  ///
  /// - Parameter tokens: 0 for any number.
  public func parts(of tokens: Int) -> [Batch] {
    let longer = max(source.count, decoderInput.count)
    guard tokens > 0, longer > tokens else { return [self] }
    let wanted = (longer + tokens - 1) / tokens
    let sides = [source.segments, decoderInput.segments].filter { $0.count > 0 }
    let sizes = (0..<sentenceCount).map { row in sides.reduce(0) { max($0, $1.length(row)) } }
    let total = sizes.reduce(0, +)
    var bounds: [Int] = []
    var (before, part) = (0, -1)
    for (sentence, size) in sizes.enumerated() {
      // A sentence belongs to the part that its middle lies in.
      let own = (2 * before + size) * wanted / max(2 * total, 1)
      if own != part { bounds.append(sentence) }
      (before, part) = (before + size, own)
    }
    return zip(bounds, bounds.dropFirst() + [sentenceCount]).map { sentences($0..<$1) }
  }

  /// Neighbouring sentences.
  private func sentences(_ range: Range<Int>) -> Batch {
    let input = decoderInput[range]
    let first = decoderInput.segments[range.lowerBound].lowerBound
    var part = Batch(
      ids: Array(ids[range]), source: source.segments.count > 0 ? source[range] : source,
      decoderInput: input, target: Array(target[first..<(first + input.count)]))
    part.alignments = alignments.map { Array($0[range]) }
    return part
  }

  /// Makes a batch of sequences that are predicted without a source.
  ///
  /// - Parameters:
  ///   - ids: the sequences' numbers in their dataset.
  ///   - targets: the symbols of each, end included.
  ///   - starts: what the decoder reads first, for each sequence; nil for its last symbol, the end.
  public static func sequences(
    ids: [Int], targets: [[Int32]], starts: [Int32]? = nil
  ) -> Batch {
    pairs(ids: ids, sources: [], targets: targets, starts: starts)
  }

  /// Makes a batch of sentence pairs for an encoder-decoder; every sentence ends with the end
  /// symbol.
  ///
  /// - Parameters:
  ///   - ids: the pairs' numbers in their dataset.
  ///   - sources: source symbols, end included.
  ///   - targets: target symbols, end included.
  ///   - starts: what the decoder reads first, for each pair; nil for its last symbol, the end.
  public static func pairs(
    ids: [Int], sources: [[Int32]], targets: [[Int32]], starts: [Int32]? = nil
  ) -> Batch {
    let shifted = targets.enumerated().map { place, target in
      target.isEmpty ? [] : [starts?[place] ?? target[target.count - 1]] + target.dropLast()
    }
    return Batch(
      ids: ids, source: PackedTokens(sources), decoderInput: PackedTokens(shifted),
      target: targets.flatMap { $0 })
  }
}

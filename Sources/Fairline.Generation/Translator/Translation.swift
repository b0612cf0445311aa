import FairlineData

/// What was found for a line of text.
public struct Translation: Sendable, Equatable {
  /// The line.
  public var line: String
  /// The symbols it stands for.
  public var input: GenerationInput
  /// The outputs, best first; none when the line has more symbols than the model takes.
  public var outputs: [TranslatedText]

  /// The best output; empty when there is none.
  public var text: String { outputs.first?.text ?? "" }

  /// The words of the line that are not in the dictionary.
  public var unknownCount: Int { input.given.count { $0 == Vocabulary.unk } }
}

/// An output as text.
public struct TranslatedText: Sendable, Equatable {
  /// The output as plain text.
  public var text: String
  /// The units it was joined of, as the vocabulary has them.
  public var symbols: [String]
  /// What the search found: symbols, scores in nats, attention.
  public var hypothesis: Hypothesis
  /// For each symbol, the place in the source that it attended to most; see
  /// ``Hypothesis/alignment(to:)``.
  public var alignment: [Hypothesis.AlignedPair]

  /// The score of the whole, in nats.
  public var score: Float { hypothesis.score }
}

extension Hypothesis {
  /// A symbol of an output and the place in the source that it attended to most.
  public struct AlignedPair: Sendable, Equatable {
    /// The place in the source.
    public var source: Int
    /// The place in the output.
    public var target: Int
  }

  /// The place in the source that each symbol attended to most; ends take no part, and of equal
  /// weights the first counts.
  ///
  /// Empty where the search kept no attention.
  ///
  /// - Parameter source: the symbols of the source, its end included.
  public func alignment(to source: [Int32]) -> [AlignedPair] {
    guard let attention else { return [] }
    let places = source.indices.filter { source[$0] != Vocabulary.eos }
    return zip(tokens, attention).enumerated().compactMap { target, row in
      guard row.0 != Vocabulary.eos, row.1.count == source.count,
        let best = places.max(by: { row.1[$0] < row.1[$1] })
      else { return nil }
      return AlignedPair(source: best, target: target)
    }
  }
}

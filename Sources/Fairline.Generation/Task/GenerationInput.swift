public import FairlineData

/// What one output is generated for.
public struct GenerationInput: Sendable, Equatable {
  /// The sentence's number in its data set, by which sampling draws.
  public var id: Int
  /// The source with its end; empty for a task without a source.
  public var source: [Int32]
  /// Symbols that the output begins with; a pad leaves a choice free.
  public var prefix: [Int32]
  /// What the output is compared with, its end included; nil when that is not known.
  public var reference: [Int32]?
  /// What the decoder reads first.
  public var start: Int32
  /// Phrases that outputs must hold, where the search is a ``ConstrainedBeam``.
  public var constraints: [[Int32]]
  /// The words of the source as they were written; nil when only symbols are known.
  public var sourceText: String?
  /// The words of the reference as they were written; nil when only symbols are known.
  public var referenceText: String?

  /// Makes an input.
  public init(
    id: Int, source: [Int32] = [], prefix: [Int32] = [], reference: [Int32]? = nil,
    start: Int32 = Vocabulary.eos, constraints: [[Int32]] = []
  ) {
    self.id = id
    self.source = source
    self.prefix = prefix
    self.reference = reference
    self.start = start
    self.constraints = constraints
  }

  /// The symbols that are given: the source, or the prefix where there is no source.
  public var given: [Int32] { source.isEmpty ? prefix : source }
}

extension SentencePairs {
  /// The pairs as inputs, in their order.
  var inputs: [GenerationInput] {
    ids.indices.map {
      GenerationInput(
        id: ids[$0], source: sources[$0], reference: targets.isEmpty ? nil : targets[$0])
    }
  }
}

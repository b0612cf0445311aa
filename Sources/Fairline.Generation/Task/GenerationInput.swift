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

  /// Makes an input.
  public init(
    id: Int, source: [Int32] = [], prefix: [Int32] = [], reference: [Int32]? = nil,
    start: Int32 = Vocabulary.eos
  ) {
    self.id = id
    self.source = source
    self.prefix = prefix
    self.reference = reference
    self.start = start
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

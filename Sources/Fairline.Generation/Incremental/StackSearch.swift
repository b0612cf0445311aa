public import Fairline
public import FairlineTensor

/// A decoder prepared for search: an embedding, a stack of cells, an output, and an encoder where
/// there is a source.
///
/// Weights are packed once and shared by all decoders that this makes. A search asks for one symbol
/// of each prefix at a time; what cells have computed of a prefix is kept. Sentences may join at
/// any step.
public struct StackSearch: DecoderFactory {
  /// Embeds the symbols of a step.
  let embedding: PreparedEmbedding
  let output: PreparedOutput
  let cells: @Sendable () -> [any StepCell]
  /// Makes what encodes sources; nil without a source.
  let encoder: @Sendable () -> SourceEncoder?
  /// Bytes of weights that every step reads; nil when that is not known.
  public let weightBytes: Int?

  /// Puts a decoder together that reads a source.
  ///
  /// - Parameters:
  ///   - embedding: what comes before the cells.
  ///   - output: what follows them.
  ///   - weightBytes: bytes of weights that every step reads, for the number of sentences that are
  ///     decoded side by side.
  ///   - encoder: makes what encodes the sources of one decoder.
  ///   - cells: makes the cells of one decoder.
  public init(
    embedding: PreparedEmbedding, output: PreparedOutput, weightBytes: Int? = nil,
    encoder: @escaping @Sendable () -> SourceEncoder,
    cells: @escaping @Sendable () -> [any StepCell]
  ) {
    self.embedding = embedding
    self.output = output
    self.weightBytes = weightBytes
    self.encoder = { encoder() }
    self.cells = cells
  }

  /// Puts a decoder without a source together: a language model.
  public init(
    embedding: PreparedEmbedding, output: PreparedOutput, weightBytes: Int? = nil,
    cells: @escaping @Sendable () -> [any StepCell]
  ) {
    self.embedding = embedding
    self.output = output
    self.weightBytes = weightBytes
    encoder = { nil }
    self.cells = cells
  }

  /// Makes the decoder of one batch.
  public func makeDecoder(for sources: PackedTokens) -> any IncrementalDecoder {
    StackDecoder(self, sources: sources)
  }
}

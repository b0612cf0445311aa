public import FairlineTensor

/// What a stack does before its layers: embedding, positions, normalisation, dropout.
public struct TokenEmbedding: Sendable {
  /// The table of symbols.
  package let table: Embedding
  /// What is added for the place, nil for nothing.
  let positions: Positions?
  /// The normalisation of the sum, nil for none.
  let norm: LayerNorm?
  /// What the table's rows are multiplied by.
  package let scale: Float
  /// Dropout of the result.
  let dropout: Double

  /// Makes the parts that the settings ask for.
  ///
  /// - Parameters:
  ///   - table: the table of symbols, which may be shared.
  ///   - channels: channels of the stack.
  ///   - maximumLength: the longest sentence.
  public init(
    _ space: ParameterSpace, table: Embedding, channels: Int, learnedPositions: Bool,
    maximumLength: Int, _ c: TransformerSettings
  ) {
    self.table = table
    positions =
      c.noTokenPositionalEmbeddings
      ? nil
      : Positions(
        space.part("embed_positions"), isLearned: learnedPositions,
        maximumLength: maximumLength, channels: channels, waves: c.sinusoid)
    norm =
      c.layernormEmbedding
      ? LayerNorm(space.part("layernorm_embedding"), channels: channels) : nil
    scale = c.noScaleEmbedding ? 1 : Float(channels).squareRoot()
    dropout = c.dropout
  }

  /// Embeds packed tokens.
  ///
  /// - Returns: `[token, channel]`
  public func callAsFunction(_ tokens: PackedTokens, _ pass: ForwardPass) -> Tensor {
    let sum = table(tokens, scale: scale, positions: positions, pass)
    return (norm.map { $0(sum, pass) } ?? sum).droppedOut(pass.dropout(dropout))
  }
}

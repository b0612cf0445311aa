public import FairlineTensor

/// What a stack does before its layers: embedding, positions, normalisation, dropout.
public struct TokenEmbedding: Sendable {
  /// Where symbols are looked up.
  let symbols: SymbolVectors
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
    self.init(
      space, .plain(table), channels: channels, learnedPositions: learnedPositions,
      maximumLength: maximumLength, c)
  }

  init(
    _ space: ParameterSpace, _ symbols: SymbolVectors, channels: Int, learnedPositions: Bool,
    maximumLength: Int, _ c: TransformerSettings
  ) {
    self.symbols = symbols
    positions =
      c.noTokenPositionalEmbeddings
      ? nil
      : Positions(
        space.part("embed_positions"), isLearned: learnedPositions,
        maximumLength: maximumLength, channels: channels, waves: c.sinusoid)
    norm =
      c.layernormEmbedding
      ? LayerNorm(
        space.part("layernorm_embedding"), channels: channels, epsilon: Float(c.layerNormEps))
      : nil
    scale = c.noScaleEmbedding ? 1 : Float(channels).squareRoot()
    dropout = c.dropout
  }

  /// Embeds packed tokens.
  ///
  /// - Returns: `[token, channel]`
  public func callAsFunction(_ tokens: PackedTokens, _ pass: ForwardPass) -> Tensor {
    let sum = summed(tokens, pass)
    return (norm.map { $0(sum, pass) } ?? sum).droppedOut(pass.dropout(dropout))
  }

  /// The scaled vectors of symbols, in the stack's channels, without positions.
  ///
  /// - Returns: `[token, channel]`
  package func vectors(_ tokens: PackedTokens, _ pass: ForwardPass) -> Tensor {
    switch symbols {
    case .plain(let table, let projection):
      let vectors = table(tokens, scale: scale, pass)
      return projection.map { $0(vectors, pass) } ?? vectors
    case .adaptive(let table): return table(tokens.ids, scale: scale, pass)
    }
  }

  private func summed(_ tokens: PackedTokens, _ pass: ForwardPass) -> Tensor {
    if case .plain(let table, nil) = symbols {
      return table(tokens, scale: scale, positions: positions, pass)
    }
    let vectors = vectors(tokens, pass)
    guard let positions else { return vectors }
    return vectors + positions.table(pass).rows(at: Positions.places(tokens.segments))
  }
}

/// Where a stack looks symbols up.
enum SymbolVectors: Sendable {
  /// One table, and a map to the stack's channels where they differ.
  case plain(Embedding, projection: Linear? = nil)
  /// Tables of bands of symbols, with maps of their own.
  case adaptive(AdaptiveEmbedding)

  /// The same with a map behind a plain table.
  ///
  /// - Parameter map: the map from so many channels; nil for none.
  func mapped(_ map: (_ channels: Int) -> Linear?) -> SymbolVectors {
    guard case .plain(let table, nil) = self else { return self }
    return .plain(table, projection: map(table.weight.shape[1]))
  }
}

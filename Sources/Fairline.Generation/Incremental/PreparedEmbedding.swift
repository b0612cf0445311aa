public import FairlineTensor

/// What comes before a stack's layers, without a tape: symbols, positions, normalisation.
public struct PreparedEmbedding: Sendable {
  /// Channels of the result.
  let channels: Int
  private let table: Table
  private let scale: Float
  private let positions: Tensor?
  private let norm: LayerNorm?

  /// Where symbols are looked up.
  private enum Table: Sendable {
    /// One table, and a map to the stack's channels where they differ.
    case plain(InferenceTable, InferenceLinear?)
    case adaptive(InferenceAdaptiveEmbedding)
  }

  /// Packs the parts.
  ///
  /// - Parameters:
  ///   - table: the table of symbols.
  ///   - scale: what its rows are multiplied by.
  ///   - positions: what is added for the place, nil for nothing.
  ///   - projection: from the table's channels to the stack's, where they differ; positions are
  ///     added after it.
  ///   - norm: the normalisation of the sum, nil for none.
  public init(
    _ table: Embedding, scale: Float = 1, positions: Positions? = nil, projection: Linear? = nil,
    norm: LayerNorm? = nil, _ weights: InferenceWeights
  ) {
    self.init(
      .plain(weights.table(table.weight), projection.map { weights.linear($0) }),
      channels: projection?.weight.shape[0] ?? table.weight.shape[1], scale, positions, norm)
  }

  /// Packs the parts where rare symbols have fewer channels; the others are the same.
  public init(
    _ table: AdaptiveEmbedding, scale: Float = 1, positions: Positions? = nil,
    norm: LayerNorm? = nil, _ weights: InferenceWeights
  ) {
    self.init(
      .adaptive(InferenceAdaptiveEmbedding(table, weights)), channels: table.channels, scale,
      positions, norm)
  }

  private init(
    _ table: Table, channels: Int, _ scale: Float, _ positions: Positions?, _ norm: LayerNorm?
  ) {
    self.table = table
    self.channels = channels
    self.scale = scale
    self.positions = positions?.table(ForwardPass.evaluation())
    self.norm = norm
  }

  /// Embeds symbols at their places, counted from 0, into states. `[row, channel]`
  public func callAsFunction(_ symbols: [Int32], places: [Int32], into states: RowBuffer) {
    let rows = symbols.count
    states.reserve(rows)
    switch table {
    case .plain(let table, nil):
      table.look(
        up: symbols, scale: scale, positions: positions, places: shifted(places), into: states)
    case .plain(let table, let projection?):
      let narrow = RowBuffer(columns: projection.inputs, capacity: rows)
      table.look(up: symbols, scale: scale, positions: nil, places: [], into: narrow)
      projection(narrow, rows: rows, into: states)
      if let positions { states.add(rowsOf: positions, at: shifted(places)) }
    case .adaptive(let table):
      table.look(up: symbols, scale: scale, into: states)
      if let positions { states.add(rowsOf: positions, at: shifted(places)) }
    }
    norm?(states, rows: rows, into: states)
  }

  private func shifted(_ places: [Int32]) -> [Int32] {
    positions == nil ? places : places.map { $0 + Int32(Positions.paddingIndex + 1) }
  }
}

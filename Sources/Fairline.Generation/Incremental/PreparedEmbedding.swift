public import FairlineTensor

/// What comes before a stack's layers, without a tape: symbols, positions, normalisation.
public struct PreparedEmbedding: Sendable {
  /// Channels of the result.
  let channels: Int
  private let table: InferenceTable
  private let scale: Float
  private let positions: Tensor?
  private let projection: InferenceLinear?
  private let norm: LayerNorm?

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
    self.table = weights.table(table.weight)
    channels = projection?.weight.shape[0] ?? table.weight.shape[1]
    self.scale = scale
    self.positions = positions?.table(ForwardPass.evaluation())
    self.projection = projection.map { weights.linear($0) }
    self.norm = norm
  }

  /// Embeds symbols at their places, counted from 0, into states. `[row, channel]`
  public func callAsFunction(_ symbols: [Int32], places: [Int32], into states: RowBuffer) {
    let rows = symbols.count
    states.reserve(rows)
    if let projection {
      let narrow = RowBuffer(columns: projection.inputs, capacity: rows)
      table.look(up: symbols, scale: scale, positions: nil, places: [], into: narrow)
      projection(narrow, rows: rows, into: states)
      if let positions { states.add(rowsOf: positions, at: shifted(places)) }
    } else {
      table.look(
        up: symbols, scale: scale, positions: positions, places: shifted(places), into: states)
    }
    norm?(states, rows: rows, into: states)
  }

  private func shifted(_ places: [Int32]) -> [Int32] {
    positions == nil ? places : places.map { $0 + Int32(Positions.paddingIndex + 1) }
  }
}

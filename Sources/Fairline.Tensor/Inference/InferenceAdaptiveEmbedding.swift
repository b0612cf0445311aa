/// An ``AdaptiveEmbedding`` for inference: packed once, applied into buffers without a tape.
public struct InferenceAdaptiveEmbedding: Sendable {
  private let bands: SymbolBands
  private let parts: [(table: InferenceTable, map: InferenceLinear)]

  /// Packs the weights.
  public init(_ embedding: AdaptiveEmbedding, _ weights: InferenceWeights) {
    bands = embedding.bands
    parts = embedding.parts.map { part in
      // A map that is shared with the output is never rounded.
      let map =
        part.map.weight.mayBeRounded
        ? weights.linear(part.map) : InferenceLinear(weight: part.map.weight.value, bias: nil)
      return (weights.table(part.table), map)
    }
  }

  /// `scale` times the vector of each symbol, into a buffer.
  ///
  /// - Parameter result: `[symbol, channel]`
  public func look(up symbols: [Int32], scale: Float, into result: RowBuffer) {
    for (part, own) in zip(parts, bands.members(symbols)) where !own.rows.isEmpty {
      let rows = own.rows.count
      let narrow = RowBuffer(columns: part.map.inputs, capacity: rows)
      part.table.look(up: own.symbols, scale: scale, positions: nil, places: [], into: narrow)
      let wide = RowBuffer(columns: part.map.outputs, capacity: rows)
      part.map(narrow, rows: rows, into: wide)
      for (place, row) in own.rows.enumerated() {
        result.copy(row: place, of: wide, to: Int(row))
      }
    }
  }
}

import CFairlineKernels

extension Tensor {
  /// `scale * table[id] + positions[place]` for every token.
  ///
  /// - Parameters:
  ///   - ids: rows of this table `[vocabulary, channel]`. `[token]`
  ///   - scale: what the table's rows are multiplied by.
  ///   - positions: `[place, channel]`, or nil for none.
  ///   - places: the row of `positions` for each token. `[token]`
  /// - Returns: `[token, channel]`
  public func embedding(
    of ids: [Int32], scale: Float = 1, positions: Tensor? = nil, places: [Int32] = []
  ) -> Tensor {
    let (columns, vocabulary) = (shape.columns, shape[0])
    for id in ids {
      precondition(
        id >= 0 && Int(id) < vocabulary, "symbol \(id) is outside a table of \(vocabulary) rows")
    }
    if let positions {
      precondition(places.count == ids.count, "\(places.count) places for \(ids.count) tokens")
      for place in places {
        precondition(
          place >= 0 && Int(place) < positions.shape[0],
          "place \(place) is outside a table of \(positions.shape[0]) positions")
      }
    }
    let result = Tensor(uninitialized: [ids.count, columns])
    let begun = Profile.begin()
    ids.withUnsafeBufferPointer { ids in
      places.withUnsafeBufferPointer { places in
        nonisolated(unsafe) let (ids, places) = (ids.baseAddress, places.baseAddress)
        Parallel.rows(result.shape[0], columns: columns) { range in
          let first = range.lowerBound
          fl_embed(
            result.pointer + first * columns, pointer, ids.map { $0 + first },
            positions?.pointer, positions == nil ? nil : places.map { $0 + first },
            Int64(range.count), Int64(columns), scale)
        }
      }
    }
    Profile.end(.embeddingForward, begun)
    guard let tape = (node ?? positions?.node)?.tape else {
      return withExtendedLifetime((storage, positions)) { result }
    }
    let (tableNode, positionNode, tableShape) = (node, positions?.node, shape)
    let positionShape = positions?.shape
    return tape.record(result) { gradient in
      if let tableNode {
        Self.addRows(
          of: gradient, to: tableNode.clearedTarget(shape: tableShape), at: ids, scale: scale)
      }
      if let positionNode, let positionShape {
        Self.addRows(
          of: gradient, to: positionNode.clearedTarget(shape: positionShape), at: places,
          scale: 1)
      }
    }
  }

  /// Adds each row to its place, in order; work is cut by columns so that no two threads meet.
  private static func addRows(
    of gradient: Tensor, to table: Tensor, at ids: [Int32], scale: Float
  ) {
    let columns = gradient.shape.columns
    let width = max(16, (columns / 8 + 15) / 16 * 16)
    let begun = Profile.begin()
    defer { Profile.end(.embeddingBackward, begun) }
    ids.withUnsafeBufferPointer { ids in
      nonisolated(unsafe) let ids = ids.baseAddress
      Parallel.ranges(columns, grain: width) { range in
        fl_embed_grad(
          table.pointer, gradient.pointer, ids, Int64(gradient.shape[0]), Int64(columns),
          Int64(range.lowerBound), Int64(range.upperBound), scale, -1)
      }
    }
  }
}

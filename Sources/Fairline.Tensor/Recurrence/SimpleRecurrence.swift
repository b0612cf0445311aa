import CFairlineKernels

/// The arithmetic of a simpler simple recurrent unit (Kim and others 2019, "From Research to
/// Production and Back", section 3): `c' = σ(f) c + (1 - σ(f)) x`, `h = max(c', 0)`.
///
/// Nothing but the cell goes from step to step, so that all maps of a sentence are one product.
enum SimpleRecurrence {
  /// One step of one sequence; the gates become their function's values.
  ///
  /// - Parameters:
  ///   - row: inputs and gates, these without their bias. `[2 channel]`
  ///   - before: the cell of the step before, nil for zeros. `[channel]`
  ///   - cell: the new cell, in the memory of the old one where that is wanted. `[channel]`
  ///   - hidden: `[channel]`
  static func step(
    _ row: UnsafeMutablePointer<Float>, bias: UnsafePointer<Float>,
    before: UnsafePointer<Float>?, cell: UnsafeMutablePointer<Float>,
    hidden: UnsafeMutablePointer<Float>, channels: Int
  ) {
    let (gate, n) = (row + channels, Int64(channels))
    fl_add(gate, gate, bias, n)
    fl_apply(FL_SIGMOID, gate, gate, n)
    if let before {
      for k in 0..<channels { cell[k] = row[k] + gate[k] * (before[k] - row[k]) }
    } else {
      for k in 0..<channels { cell[k] = row[k] - gate[k] * row[k] }
    }
    for k in 0..<channels { hidden[k] = max(cell[k], 0) }
  }
}

extension Tensor {
  /// A layer of simpler simple recurrent units over packed sequences, from zeros.
  ///
  /// - Parameters:
  ///   - maps: the inputs' two maps side by side: new contents of cells, and gates without their
  ///     bias. `[token, 2 channel]`
  ///   - bias: of the gates. `[channel]`
  /// - Returns: `[token, channel]`
  package static func simpleRecurrence(
    maps: Tensor, bias: Tensor, segments: Segments
  ) -> Tensor {
    let (rows, channels) = (segments.tokenCount, bias.count)
    precondition(
      maps.shape == [rows, 2 * channels],
      "maps \(maps.shape) are not those of \(rows) tokens of \(channels) channels")
    let (work, shift) = (maps.copied(), bias.detached)
    let (cells, hidden) = (
      Tensor(uninitialized: [rows, channels]), Tensor(uninitialized: [rows, channels])
    )
    forEachSequence(segments, channels) { range in
      var before: UnsafePointer<Float>?
      for row in range {
        let cell = cells.pointer + row * channels
        SimpleRecurrence.step(
          work.pointer + 2 * row * channels, bias: shift.pointer, before: before, cell: cell,
          hidden: hidden.pointer + row * channels, channels: channels)
        before = UnsafePointer(cell)
      }
    }
    guard let tape = (maps.node ?? bias.node)?.tape else {
      return withExtendedLifetime((shift, cells)) { hidden }
    }
    let (mapsNode, biasNode) = (maps.node, bias.node)
    return tape.record(hidden) { gradient in
      simpleRecurrenceGradient(gradient, of: work, cells, segments)
      if let biasNode { biasNode.accumulate(columnSums(of: work, from: channels)) }
      mapsNode?.accumulate(work)
    }
  }

  private static func forEachSequence(
    _ segments: Segments, _ channels: Int, _ body: (Range<Int>) -> Void
  ) {
    let work = max(1, segments.tokenCount * channels / max(segments.count, 1))
    Parallel.ranges(segments.count, grain: max(1, Parallel.grain / work)) { sequences in
      for sequence in sequences { body(segments[sequence]) }
    }
  }

  /// Turns inputs and values of gates into gradients of the two maps.
  private static func simpleRecurrenceGradient(
    _ gradient: Tensor, of work: Tensor, _ cells: Tensor, _ segments: Segments
  ) {
    let channels = cells.shape[1]
    forEachSequence(segments, channels) { range in
      var carried = [Float](repeating: 0, count: channels)
      for row in range.reversed() {
        let input = work.pointer + 2 * row * channels
        let gate = input + channels
        let cell = cells.pointer + row * channels
        let dHidden = gradient.pointer + row * channels
        let isFirst = row == range.lowerBound
        for k in 0..<channels {
          let dCell = carried[k] + (cell[k] > 0 ? dHidden[k] : 0)
          let (x, f) = (input[k], gate[k])
          let before = isFirst ? 0 : (cell - channels)[k]
          input[k] = dCell * (1 - f)
          gate[k] = dCell * (before - x) * f * (1 - f)
          carried[k] = dCell * f
        }
      }
    }
    withExtendedLifetime((gradient, work, cells)) {}
  }

  /// The sums of the columns behind some. `[column]`
  private static func columnSums(of rows: Tensor, from first: Int) -> Tensor {
    let columns = rows.shape[1]
    var sums = [Float](repeating: 0, count: columns - first)
    for row in 0..<rows.shape[0] {
      let start = rows.pointer + row * columns + first
      for k in sums.indices { sums[k] += start[k] }
    }
    return withExtendedLifetime(rows) { Tensor(sums, shape: [sums.count]) }
  }
}

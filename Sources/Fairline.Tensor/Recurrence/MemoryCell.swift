import CFairlineKernels

/// The arithmetic of a long short-term memory cell (Hochreiter and Schmidhuber 1997), row by row.
///
/// Gates stand in the order input, forget, candidate, output: `c' = σ(f) c + σ(i) tanh(g)`,
/// `h = σ(o) tanh(c')`.
enum MemoryCell {
  /// Computes cells and hidden states; the gates become their functions' values.
  ///
  /// - Parameters:
  ///   - gates: sums of all inputs. `[row, 4 channel]`
  ///   - before: cells of the step before, nil for zeros. `[row, channel]`
  ///   - cell: the new cells, in the memory of the old ones where that is wanted. `[row, channel]`
  ///   - squashed: receives tanh of the new cells. `[row, channel]`
  ///   - hidden: `[row, channel]`
  static func forward(
    _ gates: UnsafeMutablePointer<Float>, before: UnsafePointer<Float>?,
    cell: UnsafeMutablePointer<Float>, squashed: UnsafeMutablePointer<Float>,
    hidden: UnsafeMutablePointer<Float>, rows: Int, channels: Int
  ) {
    let n = Int64(channels)
    for row in 0..<rows {
      let gate = gates + 4 * row * channels
      let (i, f, g, o) = (gate, gate + channels, gate + 2 * channels, gate + 3 * channels)
      fl_apply(FL_SIGMOID, i, i, 2 * n)
      fl_apply(FL_TANH, g, g, n)
      fl_apply(FL_SIGMOID, o, o, n)
      let (c, t, h) = (cell + row * channels, squashed + row * channels, hidden + row * channels)
      if let before {
        fl_mul(c, f, before + row * channels, n)
        fl_mul(t, i, g, n)
        fl_add(c, c, t, n)
      } else {
        fl_mul(c, i, g, n)
      }
      fl_apply(FL_TANH, t, c, n)
      fl_mul(h, o, t, n)
    }
  }

  /// What goes back through a step.
  struct Gradients {
    /// Of the hidden states. `[row, channel]`
    var hidden: UnsafePointer<Float>
    /// Of the new cells. `[row, channel]`
    var cell: UnsafePointer<Float>
    /// Receives what is added for the old cells; nil where these were zeros. `[row, channel]`
    var before: UnsafeMutablePointer<Float>?
  }

  /// Turns the values of the gates' functions into gradients of the gates' sums.
  static func backward(
    _ gates: UnsafeMutablePointer<Float>, before: UnsafePointer<Float>?,
    squashed: UnsafePointer<Float>, _ gradients: Gradients, rows: Int, channels: Int
  ) {
    for row in 0..<rows {
      let gate = gates + 4 * row * channels
      let first = row * channels
      for k in 0..<channels {
        let i = gate[k]
        let f = gate[channels + k]
        let g = gate[2 * channels + k]
        let o = gate[3 * channels + k]
        let t = squashed[first + k]
        let dh = gradients.hidden[first + k]
        let dc = gradients.cell[first + k] + dh * o * (1 - t * t)
        let c = before.map { $0[first + k] } ?? 0
        gate[k] = dc * g * i * (1 - i)
        gate[channels + k] = dc * c * f * (1 - f)
        gate[2 * channels + k] = dc * i * (1 - g * g)
        gate[3 * channels + k] = dh * t * o * (1 - o)
        if let target = gradients.before { target[first + k] += dc * f }
      }
    }
  }
}

extension Tensor {
  /// One step of long short-term memory cells.
  ///
  /// - Parameters:
  ///   - gates: sums of all inputs: input, forget, candidate, output gate. `[row, 4 channel]`
  ///   - cell: the cells before. `[row, channel]`
  /// - Returns: hidden states and cells. Each `[row, channel]`
  public static func memoryCell(
    gates: Tensor, cell: Tensor
  ) -> (hidden: Tensor, cell: Tensor) {
    let (rows, channels) = (cell.shape[0], cell.shape[1])
    precondition(
      gates.shape == [rows, 4 * channels], "gates \(gates.shape) do not fit cells \(cell.shape)")
    let (work, before) = (gates.copied(), cell.detached)
    let (hidden, next, squashed) = (
      Tensor(uninitialized: cell.shape), Tensor(uninitialized: cell.shape),
      Tensor(uninitialized: cell.shape)
    )
    Parallel.rows(rows, columns: 4 * channels) { range in
      let first = range.lowerBound * channels
      MemoryCell.forward(
        work.pointer + 4 * first, before: before.pointer + first, cell: next.pointer + first,
        squashed: squashed.pointer + first, hidden: hidden.pointer + first, rows: range.count,
        channels: channels)
    }
    guard let tape = (gates.node ?? cell.node)?.tape else {
      return withExtendedLifetime(before) { (hidden, next) }
    }
    let (gatesNode, cellNode) = (gates.node, cell.node)
    let results = tape.record([hidden, next]) { gradients in
      let (dh, dc) = (
        gradients[0] ?? Tensor.zeros(before.shape), gradients[1] ?? Tensor.zeros(before.shape)
      )
      let beforeGradient = Tensor.zeros(before.shape)
      Parallel.rows(rows, columns: 4 * channels) { range in
        let first = range.lowerBound * channels
        MemoryCell.backward(
          work.pointer + 4 * first, before: before.pointer + first,
          squashed: squashed.pointer + first,
          MemoryCell.Gradients(
            hidden: dh.pointer + first, cell: dc.pointer + first,
            before: beforeGradient.pointer + first), rows: range.count, channels: channels)
      }
      gatesNode?.accumulate(work)
      cellNode?.accumulate(beforeGradient)
      withExtendedLifetime((dh, dc)) {}
    }
    return (results[0], results[1])
  }
}

import CFairlineKernels

/// What a recurrent layer makes of packed sequences.
public struct RecurrentStates {
  /// The hidden states. `[token, channel]`
  public let states: Tensor
  /// The hidden states after the last step of each sequence. `[sequence, channel]`
  public let hidden: Tensor
  /// The cells after the last step of each sequence. `[sequence, channel]`
  public let cell: Tensor
}

extension Tensor {
  /// A layer of long short-term memory over packed sequences, from zeros.
  ///
  /// - Parameters:
  ///   - gates: what the inputs add to the gates, biases included. `[token, 4 channel]`
  ///   - weight: from hidden states to gates. `[4 channel, channel]`
  ///   - order: in which rows are taken.
  public static func recurrence(
    gates: Tensor, weight: Tensor, order: StepOrder
  ) -> RecurrentStates {
    let run = RecurrenceRun(gates, weight, order)
    run.forward()
    let results = run.results
    guard let tape = (gates.node ?? weight.node)?.tape else {
      return RecurrentStates(states: results[0], hidden: results[1], cell: results[2])
    }
    let nodes = (gates: gates.node, weight: weight.node)
    let recorded = tape.record(results) { run.backward($0, nodes.gates, nodes.weight) }
    return RecurrentStates(states: recorded[0], hidden: recorded[1], cell: recorded[2])
  }
}

/// One trip through a layer and back; rows stand in the order of steps.
private final class RecurrenceRun {
  private let order: StepOrder
  private let weight: Tensor
  private let channels, rows: Int
  /// Sums of the gates' inputs, then their functions' values, then gradients. `[place, 4 channel]`
  private let gates: Tensor
  /// Hidden states, cells, and tanh of cells. Each `[place, channel]`
  private let hidden, cells, squashed: Tensor

  init(_ gates: Tensor, _ weight: Tensor, _ order: StepOrder) {
    channels = weight.shape[1]
    rows = gates.shape[0]
    precondition(
      weight.shape[0] == 4 * channels && gates.shape.columns == 4 * channels
        && order.rows.count == rows,
      "gates \(gates.shape) and weight \(weight.shape) are no recurrent layer of "
        + "\(order.rows.count) rows")
    self.order = order
    self.weight = weight.detached
    self.gates = gates.detached.rows(at: order.rows)
    let shape: Shape = [rows, channels]
    (hidden, cells, squashed) = (
      Tensor(uninitialized: shape), Tensor(uninitialized: shape), Tensor(uninitialized: shape)
    )
  }

  func forward() {
    let packed =
      BlockedProduct.isUsed && rows > order.sequences.count
      ? RightOperand(
        weight.matrix(transposed: true), n: 4 * channels, k: channels, rows: rows) : nil
    for step in 0..<order.stepCount {
      let places = order.places(of: step)
      let before = step == 0 ? nil : order.starts[step - 1]
      if let before {
        let (target, source) = (
          gates.matrix().rows(from: places.lowerBound), hidden.matrix().rows(from: before)
        )
        if let packed {
          BlockedProduct.run(target, source, packed, m: places.count, adds: true)
        } else {
          MatrixProduct.run(
            target, source, weight.matrix(transposed: true), m: places.count, n: 4 * channels,
            k: channels, keep: 1)
        }
      }
      Parallel.rows(places.count, columns: 4 * channels) { range in
        let first = (places.lowerBound + range.lowerBound) * channels
        MemoryCell.forward(
          gates.pointer + 4 * first,
          before: before.map {
            UnsafePointer(self.cells.pointer) + ($0 + range.lowerBound) * self.channels
          },
          cell: cells.pointer + first, squashed: squashed.pointer + first,
          hidden: hidden.pointer + first, rows: range.count, channels: channels)
      }
    }
  }

  /// States in the order of tokens, then hidden states and cells at the ends of sequences.
  var results: [Tensor] {
    let last = lastRows
    return [hidden.rows(at: order.placesOfRows), ends(hidden, last), ends(cells, last)]
  }

  /// The place of each sequence's last step; -1 for empty ones. `[sequence]`
  private var lastRows: [Int] {
    var places = [Int](repeating: -1, count: order.sequences.count)
    for (slot, place) in order.lastPlaces.enumerated() { places[order.sequences[slot]] = place }
    return places
  }

  private func ends(_ all: Tensor, _ places: [Int]) -> Tensor {
    let result = Tensor.zeros([places.count, channels])
    for (sequence, place) in places.enumerated() where place >= 0 {
      (result.pointer + sequence * channels).update(
        from: all.pointer + place * channels, count: channels)
    }
    return result
  }

  func backward(_ gradients: [Tensor?], _ gatesNode: Node?, _ weightNode: Node?) {
    let dHidden = gradients[0]?.detached.rows(at: order.rows) ?? Tensor.zeros(hidden.shape)
    let dCells = Tensor.zeros(cells.shape)
    let last = lastRows
    add(gradients[1], to: dHidden, at: last)
    add(gradients[2], to: dCells, at: last)
    for step in stride(from: order.stepCount - 1, through: 0, by: -1) {
      let places = order.places(of: step)
      let before = step == 0 ? nil : order.starts[step - 1]
      Parallel.rows(places.count, columns: 4 * channels) { range in
        let first = (places.lowerBound + range.lowerBound) * channels
        let earlier = before.map { ($0 + range.lowerBound) * self.channels }
        MemoryCell.backward(
          gates.pointer + 4 * first,
          before: earlier.map { UnsafePointer(self.cells.pointer) + $0 },
          squashed: squashed.pointer + first,
          MemoryCell.Gradients(
            hidden: dHidden.pointer + first, cell: dCells.pointer + first,
            before: earlier.map { dCells.pointer + $0 }), rows: range.count, channels: channels)
      }
      if let before {
        MatrixProduct.run(
          dHidden.matrix().rows(from: before), gates.matrix().rows(from: places.lowerBound),
          weight.matrix(), m: places.count, n: channels, k: 4 * channels, keep: 1)
      }
    }
    if let weightNode { addWeightGradient(to: weightNode) }
    gatesNode?.accumulate(gates.rows(at: order.placesOfRows))
  }

  private func add(_ part: Tensor?, to whole: Tensor, at places: [Int]) {
    guard let part else { return }
    for (sequence, place) in places.enumerated() where place >= 0 {
      fl_axpy(
        whole.pointer + place * channels, 1, part.pointer + sequence * channels, Int64(channels))
    }
  }

  /// Adds the product of all steps' gradients with the hidden states before them.
  private func addWeightGradient(to node: Node) {
    let first = order.stepCount > 0 ? order.starts[1] : 0
    guard rows > first else { return }
    var earlier: [Int32] = []
    for step in 1..<order.stepCount {
      for slot in 0..<order.places(of: step).count {
        earlier.append(Int32(order.starts[step - 1] + slot))
      }
    }
    let before = hidden.rows(at: earlier)
    let (target, keep) = node.target(shape: weight.shape)
    MatrixProduct.run(
      target.matrix(), gates.matrix().rows(from: first).turned, before.matrix(), m: 4 * channels,
      n: channels, k: rows - first, keep: keep, as: .linearWeight)
    withExtendedLifetime(before) {}
  }
}

extension Matrix {
  /// The transpose.
  fileprivate var turned: Matrix {
    var copy = self
    copy.transposed.toggle()
    return copy
  }
}

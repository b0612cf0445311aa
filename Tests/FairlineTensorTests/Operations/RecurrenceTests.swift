import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite struct RecurrenceTests {
  static let segments = Segments(lengths: [2, 5, 0, 3, 5])

  @Test func everyRowHasOneStep() {
    for isReversed in [false, true] {
      let order = StepOrder(Self.segments, isReversed: isReversed)
      #expect(order.sequences == [1, 4, 3, 0, 2])
      #expect(order.starts == [0, 4, 8, 11, 13, 15])
      #expect(order.rows.map(Int.init).sorted() == Array(0..<15))
      #expect(order.rows.prefix(4) == (isReversed ? [6, 14, 9, 1] : [2, 10, 7, 0]))
      for (row, place) in order.placesOfRows.enumerated() {
        #expect(order.rows[Int(place)] == Int32(row))
      }
    }
  }

  /// A layer over a batch is the same layer over each sequence alone, step by step.
  @Test(arguments: [false, true]) func aLayerIsItsSteps(isReversed: Bool) {
    let channels = 3
    let (gates, weight) = (sample([15, 12], 1), sample([12, channels], 2))
    let all = Tensor.recurrence(
      gates: gates, weight: weight, order: StepOrder(Self.segments, isReversed: isReversed))
    for sequence in 0..<Self.segments.count {
      var hidden = Tensor.zeros([1, channels])
      var cell = hidden
      let rows = Array(Self.segments[sequence])
      for row in isReversed ? rows.reversed() : rows {
        let sum = gates.sliced(row..<(row + 1)) + hidden.linear(weight: weight)
        (hidden, cell) = Tensor.memoryCell(gates: sum, cell: cell)
        #expect(mismatch(all.states.sliced(row..<(row + 1)), hidden, absolute: 1e-6) == nil)
      }
      let end = sequence..<(sequence + 1)
      #expect(mismatch(all.hidden.sliced(end), hidden, absolute: 1e-6) == nil)
      #expect(mismatch(all.cell.sliced(end), cell, absolute: 1e-6) == nil)
    }
  }

  /// What a search computes is what training computes.
  @Test func withoutATapeTheSame() {
    let space = ParameterSpace(seed: 3)
    let (inputs, channels) = (4, 3)
    func make(_ name: String, _ shape: Shape) -> Parameter {
      space.parameter(name, shape, .uniform(bound: 0.5))
    }
    let (input, recurrent) = (make("a", [12, inputs]), make("b", [12, channels]))
    let biases = (input: make("c", [12]), recurrent: make("d", [12]))
    let parameters = ParameterSet(space)
    let layer = InferenceMemoryCell(
      input: input, recurrent: recurrent, biases: biases,
      InferenceWeights(parameters, precision: .float32))
    let x = sample([15, inputs], 5)
    for isReversed in [false, true] {
      let order = StepOrder(Self.segments, isReversed: isReversed)
      let states = RowBuffer(Tensor.zeros([15, 2 * channels]))
      let ends = layer.run(
        RowBuffer(x), order: order, into: states, column: channels,
        InferenceMemoryCell.Work(channels: channels))
      let gates =
        x.linear(weight: input.value, bias: biases.input.value) + biases.recurrent.value
      let expected = Tensor.recurrence(gates: gates, weight: recurrent.value, order: order)
      let observed = states.tensor(rows: 15).sliced(channels..<(2 * channels), along: 1)
      #expect(mismatch(observed, expected.states, absolute: 1e-6) == nil)
      #expect(mismatch(ends.hidden, expected.hidden, absolute: 1e-6) == nil)
      #expect(mismatch(ends.cell, expected.cell, absolute: 1e-6) == nil)
    }
  }

  /// An output projection with a bias is the same in one piece and in chunks.
  @Test func projectionsMayHaveABias() {
    let targets: [Int32] = [1, 0, -1, 3]
    let check = gradientMismatch(
      at: [sample([4, 3], 1), sample([5, 3], 2), sample([5], 3)]
    ) {
      $0[0].projectedCrossEntropy(
        weight: $0[1], bias: $0[2], targets: targets, smoothing: 0.1
      ).loss
    }
    #expect(check == nil)
    let (x, weight, bias) = (sample([4, 3], 1), sample([5, 3], 2), sample([5], 3))
    let whole = x.linear(weight: weight, bias: bias).crossEntropy(targets: targets, smoothing: 0.1)
    let chunks = x.projectedCrossEntropy(
      weight: weight, bias: bias, targets: targets, smoothing: 0.1)
    #expect(abs(whole.lossSum - chunks.lossSum) < 1e-5)
  }

  /// Simpler simple recurrent units compute what their formula says, with a tape and without.
  @Test func simpleUnitsAreTheirFormula() {
    let space = ParameterSpace(seed: 4)
    let channels = 5
    let unit = SimpleRecurrentUnit(space, channels: channels)
    let x = sample([Self.segments.tokenCount, channels], 6)
    let branch = unit(x, segments: Self.segments, .evaluation())
    #expect(branch.bias == nil)
    let (weight, bias) = (unit.maps.value.scalars, unit.bias.value.scalars)
    let inputs = x.scalars
    func map(_ row: Int, _ output: Int) -> Double {
      (0..<channels).reduce(0) {
        $0 + Double(weight[output * channels + $1]) * Double(inputs[row * channels + $1])
      }
    }
    var wanted = [Float](repeating: 0, count: x.count)
    for sequence in 0..<Self.segments.count {
      var cell = [Double](repeating: 0, count: channels)
      for row in Self.segments[sequence] {
        for channel in 0..<channels {
          let forget = 1 / (1 + exp(-map(row, channels + channel) - Double(bias[channel])))
          cell[channel] = forget * cell[channel] + (1 - forget) * map(row, channel)
          wanted[row * channels + channel] = Float(max(cell[channel], 0))
        }
      }
    }
    #expect(mismatch(branch.product.scalars, wanted, absolute: 1e-6) == nil)
    #expect(wanted.contains { $0 > 0 } && wanted.contains(0))
  }
}

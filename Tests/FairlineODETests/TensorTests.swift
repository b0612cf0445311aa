import FairlineODE
import FairlineTensor
import Foundation
import Testing

/// Solves of tensors: the same numbers as solves of arrays, gradients from the tape.
struct TensorTests {
  static let w1 = (0..<24).map { Float(sin(Double($0) * 1.7)) * 0.6 }
  static let w2 = (0..<24).map { Float(cos(Double($0) * 2.3)) * 0.6 }
  static let bias = (0..<6).map { Float($0) * 0.1 - 0.2 }
  static let rows = (0..<20).map { Float(cos(Double($0) * 0.9)) }

  static func field(_ bias: [Float] = bias) -> TensorField {
    TensorField(
      inputs: [
        Tensor(w1, shape: [6, 4]), Tensor(bias), Tensor(w2, shape: [4, 6]),
      ]
    ) { t, y, inputs, context in
      let rows = y.shape[0]
      // One time for all rows, or one for each sequence, spread over its rows.
      let times: Tensor
      if let segments = context.segments, t.count > 1 {
        times = t.reshaped(to: [t.count, 1]).rows(
          at: (0..<segments.count).flatMap {
            Array(repeating: Int32($0), count: segments.length($0))
          })
      } else {
        times = t.reshaped(to: [1, 1]).rows(at: Array(repeating: 0, count: rows))
      }
      return (y.linear(weight: inputs[0], bias: inputs[1]).tanh() + times).linear(weight: inputs[2])
    }
  }

  static func cotangent(_ segments: Segments? = nil) -> TensorState {
    TensorState(Tensor((0..<20).map { Float($0 % 3) - 0.8 }, shape: [5, 4]), segments: segments)
  }

  static func loss(_ states: [TensorState]) -> Double {
    states.reduce(0) { $0 + $1.dot(cotangent($1.segments)) }
  }

  private func start(_ segments: Segments? = nil, _ rows: [Float] = rows) -> TensorState {
    TensorState(Tensor(rows, shape: [5, 4]), segments: segments)
  }

  @Test func gradientsMatchDifferences() throws {
    let options = SolveOptions<TensorState>(relative: 1e-4, absolute: 1e-4)
    let modes: [GradientMode] = [
      .replay(), .replay(checkpoints: 1), .backpropagation,
      .continuousAdjoint(AdjointOptions(relative: 1e-6, absolute: 1e-6)),
    ]
    for mode in modes {
      let result = try solve(
        Self.field(), from: start(), over: [0, 0.3, 1], options: options, gradient: mode)
      let all = [Self.cotangent(), Self.cotangent(), Self.cotangent()]
      let got = try result.gradients(of: all, wantsTimes: true)
      func difference(_ change: (Float) throws -> Double) rethrows -> Double {
        (try change(1e-2) - change(-1e-2)) / 2e-2
      }
      for index in [0, 7, 19] {
        let wanted = try difference { step in
          var rows = Self.rows
          rows[index] += step
          return Self.loss(
            try solve(
              Self.field(), from: start(nil, rows), over: [0, 0.3, 1], options: options
            ).states)
        }
        #expect(abs(Double(got.initialState.tensor.scalars[index]) - wanted) < 5e-3)
      }
      for index in 0..<6 {
        let wanted = try difference { step in
          var bias = Self.bias
          bias[index] += step
          return Self.loss(
            try solve(
              Self.field(bias), from: start(), over: [0, 0.3, 1], options: options
            ).states)
        }
        #expect(abs(Double(got.inputs[1].tensor.scalars[index]) - wanted) < 5e-3)
      }
      for index in 0..<3 {
        let wanted = try difference { step in
          var times = [0, 0.3, 1]
          times[index] += Double(step)
          return Self.loss(
            try solve(Self.field(), from: start(), over: times, options: options).states)
        }
        #expect(abs(got.times[index] - wanted) < 1e-2, "time \(index)")
      }
    }
  }

  @Test func sequencesAreAlone() throws {
    let segments = Segments(lengths: [2, 1, 2])
    var options = SolveOptions<TensorState>(relative: 1e-4, absolute: 1e-4)
    options.stepping = .perSequence
    let batch = try solve(
      Self.field(), from: start(segments), over: [0, 0.4, 2], options: options, gradient: .replay())
    let all = Array(repeating: Self.cotangent(segments), count: 3)
    let gradients = try batch.gradients(of: all)
    for index in 0..<3 {
      let alone = try solve(
        Self.field(), from: start(segments).selecting([index]), over: [0, 0.4, 2], options: options,
        gradient: .replay())
      let own = Self.cotangent(segments).selecting([index])
      let gradient = try alone.gradients(of: [own, own, own])
      #expect(
        batch.solution.sequences[index].statistics.accepted == alone.solution.statistics.accepted)
      for (a, b) in zip(batch.solution.states, alone.solution.states) {
        let got = a.selecting([index]).tensor.scalars
        #expect(zip(got, b.tensor.scalars).allSatisfy { abs($0 - $1) < 1e-5 })
      }
      let got = gradients.initialState.selecting([index]).tensor.scalars
      #expect(
        zip(got, gradient.initialState.tensor.scalars).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  /// Sums that tensors compute together are those that arrays compute one after another, and the
  /// same whether recorded or not.
  @Test(arguments: [RungeKutta.dopri5, .tsit5, .dopri8, .bosh3])
  func tensorsStepAsArrays(_ solver: RungeKutta) throws {
    let numbers = (0..<4500).map { Float(sin(Double($0) * 0.37)) }
    let times = [0, 0.7, 1.1, 3]
    let arrays = ClosureField<[Float]> { t, y in y.map { Float(cos(2 * t)) - $0 * $0 * $0 } }
    let plain = try solve(
      arrays, from: numbers, over: times, with: solver,
      options: SolveOptions(relative: 1e-4, absolute: 1e-4))
    let field = TensorField { t, y, _, _ in (t * 2).cos() - y * y * y }
    var found: [[Float]] = []
    for mode in [GradientMode.replay(), .replay(checkpoints: 2), .backpropagation] {
      let tensors = try solve(
        field, from: TensorState(Tensor(numbers, shape: [50, 90])), over: times, with: solver,
        options: SolveOptions(relative: 1e-4, absolute: 1e-4), gradient: mode)
      #expect(tensors.solution.statistics.accepted == plain.statistics.accepted)
      #expect(tensors.solution.statistics.rejected == plain.statistics.rejected)
      for (a, b) in zip(tensors.solution.states, plain.states) {
        #expect(zip(a.tensor.scalars, b).allSatisfy { abs($0 - $1) < 2e-5 })
      }
      let ones = TensorState(Tensor.ones([50, 90]))
      found.append(try tensors.gradients(of: [nil, ones, ones, ones]).initialState.tensor.scalars)
    }
    #expect(found[0] == found[1] && found[0] == found[2])
  }

  /// Tensors given to a solve, and tensors it has given away, never change.
  @Test func statesAreValues() throws {
    let first = Tensor([1, 2, 3])
    var state = TensorState(first)
    state.add(TensorState(Tensor([1, 1, 1])), times: [1])
    let view = state.tensor
    state.add(TensorState(Tensor([1, 1, 1])), times: [1])
    #expect(first.scalars == [1, 2, 3] && view.scalars == [2, 3, 4])
    #expect(state.tensor.scalars == [3, 4, 5])
  }

  /// One mask for a whole solve: the field with dropout is a function, so the error control is not
  /// disturbed.
  @Test func oneMaskForASolve() throws {
    let mask = TensorField(isTraining: true, random: RandomSource(seed: 3)) { _, y, _, context in
      y.tanh().droppedOut(context.pass.dropout(0.3)) * -1
    }
    let plain = TensorField { _, y, _, _ in y.tanh() * -1 }
    let start = TensorState(
      Tensor((0..<4096).map { Float(sin(Double($0))) }, shape: [64, 64]))
    let options = SolveOptions<TensorState>(relative: 1e-3, absolute: 1e-3)
    let noisy = try solve(mask, from: start, over: [0, 1], options: options)
    let calm = try solve(plain, from: start, over: [0, 1], options: options)
    #expect(noisy.statistics.evaluations <= calm.statistics.evaluations + 6)
    #expect(noisy.statistics.rejected == 0)
    let again = try solve(mask, from: start, over: [0, 1], options: options)
    #expect(again.final.tensor.scalars == noisy.final.tensor.scalars)
  }
}

import FairlineODE
import FairlineTensor
import Testing

/// Points of large solves are computed when the field reads them: nobody can tell.
@Suite struct DeferredPointTests {
  private static let shape: Shape = [280, 130]
  private static let weight = Tensor.normal([130, 130], deviation: 0.1, key: 3, stream: 1)
  private static let start = TensorState(.normal(shape, key: 3, stream: 2))

  /// The states a field has seen.
  private final class Seen {
    var states: [Tensor] = []
  }

  private func field(reads: Bool) -> TensorField {
    TensorField(inputs: [Self.weight]) { _, y, inputs, _ in
      if reads { #expect(y.scalars[0].isFinite) }
      return y.linear(weight: inputs[0]).tanh()
    }
  }

  private let options = SolveOptions<TensorState>(relative: 1e-3, absolute: 1e-3)

  @Test(arguments: StandardSolvers.names) func solvesAreTheSame(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    let solutions = try [false, true].map { reads in
      try solve(
        field(reads: reads), from: Self.start, over: [0, 0.5, 1], with: solver,
        options: options)
    }
    #expect(solutions[0].statistics.evaluations == solutions[1].statistics.evaluations)
    for (deferred, read) in zip(solutions[0].states, solutions[1].states) {
      #expect(deferred.tensor.scalars == read.tensor.scalars)
    }
  }

  @Test func gradientsAreTheSame() throws {
    let modes: [GradientMode] = [
      .replay(), .replay(checkpoints: 1), .backpropagation, .continuousAdjoint(AdjointOptions()),
    ]
    for mode in modes {
      let gradients = try [false, true].map { reads in
        let result = try solve(
          field(reads: reads), from: Self.start, over: [0, 1], options: options, gradient: mode)
        return try result.gradients(of: [nil, Self.start])
      }
      let (deferred, read) = (gradients[0], gradients[1])
      #expect(deferred.initialState.tensor.scalars == read.initialState.tensor.scalars)
      #expect(deferred.inputs.map(\.tensor.scalars) == read.inputs.map(\.tensor.scalars))
    }
  }

  @Test func aStateThatAFieldKeepsStaysAsItWas() throws {
    let (kept, read) = (Seen(), Seen())
    for (reads, seen) in [(false, kept), (true, read)] {
      _ = try solve(
        TensorField { _, y, _, _ in
          seen.states.append(reads ? Tensor(y.scalars, shape: y.shape) : y)
          // Reads nothing of the state, so that it stays to be computed.
          return Tensor(repeating: Float(seen.states.count), shape: y.shape)
        }, from: Self.start, over: [0, 1], options: options)
    }
    #expect(kept.states.count == read.states.count)
    for (one, other) in zip(kept.states, read.states) { #expect(one.scalars == other.scalars) }
  }
}

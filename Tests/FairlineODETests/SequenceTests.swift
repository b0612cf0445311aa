import FairlineODE
import Foundation
import Testing

/// Steps by sequence: results, costs and gradients are those of sequences solved alone.
struct SequenceTests {
  static let rows: [[Double]] = [
    [5.5, 0.25], [2.9, 0.25, -1, 0.3], [1.5, 0.2], [-1, 0.3, 0.4, -2, 0.1, 0], [0.9, 0.25],
  ]
  static let problem = VanDerPol<Double>(mu: 3)

  private func options() -> SolveOptions<PackedState<Double>> {
    var options = SolveOptions<PackedState<Double>>(relative: 1e-4, absolute: 1e-5)
    options.stepping = .perSequence
    return options
  }

  @Test(arguments: ["dopri5", "bosh3", "tsit5", "dopri8", "adaptive_heun"])
  func eachSequenceIsAlone(_ name: String) throws {
    let solver = try StandardSolvers.solver(named: name)
    for times in [[0.0, 1, 3], [3, 1.5, 0]] {
      let batch = try solve(
        BatchField(Self.problem), from: PackedState(Self.rows), over: times, with: solver,
        options: options())
      for (index, row) in Self.rows.enumerated() {
        let alone = try solve(
          ProblemField(Self.problem), from: row, over: times, with: solver,
          options: SolveOptions(relative: 1e-4, absolute: 1e-5))
        for output in times.indices {
          #expect(
            Array(batch.states[output][index]) == alone.states[output], "\(name) row \(index)")
        }
        let own = batch.sequences[index]
        #expect(own.statistics.accepted == alone.statistics.accepted)
        #expect(own.outcome == alone.outcome && own.reached == alone.reached)
      }
    }
  }

  @Test func gradientsAreThoseOfEachAlone() throws {
    let network = BatchTests.network
    let weights = Self.rows.map { row in row.indices.map { 0.3 * Double($0) - 0.7 } }
    for name in ["dopri5", "bosh3", "adaptive_heun"] {
      let solver = try StandardSolvers.solver(named: name)
      for mode in [GradientMode.replay(), .backpropagation] {
        let times = [0.0, 0.4, 2]
        let batch = try solve(
          BatchField(network), from: PackedState(Self.rows), over: times, with: solver,
          options: options(), gradient: mode)
        let cotangent = PackedState(weights)
        let got = try batch.gradients(of: [cotangent, cotangent, cotangent])
        var inputs = network.parameters.map { $0.zeros() }
        for (index, row) in Self.rows.enumerated() {
          let alone = try solve(
            ProblemField(network), from: row, over: times, with: solver,
            options: SolveOptions(relative: 1e-4, absolute: 1e-5), gradient: .replay())
          let wanted = try alone.gradients(of: Array(repeating: weights[index], count: 3))
          for (a, b) in zip(got.initialState[index], wanted.initialState) {
            #expect(abs(a - b) < 1e-11 * max(1, abs(b)), "\(name) row \(index)")
          }
          for part in inputs.indices { inputs[part].add(wanted.inputs[part], times: [1]) }
        }
        for (a, b) in zip(got.inputs.flatMap(\.elements), inputs.flatMap { $0 }) {
          #expect(abs(a - b) < 1e-10 * max(1, abs(b)), "\(name)")
        }
      }
    }
  }

  /// A sequence that cannot be solved does not stop the others.
  @Test func troubleStaysWithItsSequence() throws {
    let field = BatchField(Terms<Double>([JSON(["i": 0, "c": 1.0, "pow": [2]])]))
    let batch = PackedState([[0.1], [2.0], [0.2]])
    var options = options()
    options.maxSteps = 400
    let solution = try solve(field, from: batch, over: [0, 0.25, 1], options: options)
    #expect(solution.sequences.map(\.outcome.isSuccess) == [true, false, true])
    #expect(abs(solution.final.elements[0] - 0.1 / 0.9) < 1e-3)
    #expect(abs(solution.final.elements[2] - 0.2 / 0.8) < 1e-3)
    #expect(!solution.outcome.isSuccess && abs(solution.reached - 0.5) < 0.01)
  }

  @Test func finishedSequencesLeave() throws {
    var active: [Int] = []
    struct Watching: VectorField {
      let field: BatchField<Double>
      let report: (Int) -> Void
      func evaluate(
        at time: FieldTime, _ state: PackedState<Double>, into derivative: inout PackedState<Double>
      ) {
        report(state.partCount)
        field.evaluate(at: time, state, into: &derivative)
      }
    }
    let field = Watching(field: BatchField(Self.problem)) { active.append($0) }
    let solution = try solve(
      field, from: PackedState(Self.rows), over: [0, 3], options: options())
    #expect(active.first == 5 && active.last == 1)
    #expect(active == active.sorted(by: >))
    #expect(active.reduce(0, +) == solution.sequences.map(\.statistics.evaluations).reduce(0, +))
  }

  @Test func unsuitableRequestsThrow() throws {
    var options = options()
    #expect(throws: ODEError.self) {
      _ = try solve(
        BatchField(Self.problem), from: PackedState(Self.rows), over: [0, 1], with: Adams(),
        options: options)
    }
    options.norm = .custom { _ in 0 }
    #expect(throws: ODEError.self) {
      _ = try solve(
        BatchField(Self.problem), from: PackedState(Self.rows), over: [0, 1], options: options)
    }
  }
}

/// One step size for the batch, with the error of the worst sequence.
struct BatchTests {
  static let network = Network<Double>(
    JSON([
      "act": "tanh", "time": true,
      "W1": [[0.3, -1.1, 0.6], [-0.4, 0.8, 0.5], [0.2, 0.9, -0.7]], "b1": [0.1, -0.2, 0.3],
      "W2": [[1.2, -0.5, 0.4], [-0.8, 0.3, 0.9]], "b2": [0.05, -0.1],
    ]))

  @Test func theWorstSequenceDecides() throws {
    let field = BatchField(VanDerPol<Double>(mu: 3))
    let calm = Array(repeating: [0.01, 0.0], count: 30)
    var options = SolveOptions<PackedState<Double>>(relative: 1e-4, absolute: 1e-4)
    let mean = try solve(
      field, from: PackedState([[2, 1]] + calm), over: [0, 3], options: options)
    options.norm = .largestPart
    let worst = try solve(
      field, from: PackedState([[2, 1]] + calm), over: [0, 3], options: options)
    let alone = try solve(field, from: PackedState([[2, 1]]), over: [0, 3], options: options)
    #expect(worst.statistics.accepted > mean.statistics.accepted)
    #expect(abs(worst.statistics.accepted - alone.statistics.accepted) <= 2)
  }
}

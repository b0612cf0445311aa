import FairlineODE
import FairlineTensor
import Foundation
import Testing

/// The code of the documentation pages.
struct DocumentationTests {
  @Test func aPendulum() throws {
    let pendulum = ClosureField<[Double]> { _, y in [y[1], -sin(y[0])] }
    let swing = try solve(
      pendulum, from: [1, 0], over: [0, 1, 2, 5], with: RungeKutta.tsit5,
      options: SolveOptions(relative: 1e-9, absolute: 1e-9))
    #expect(swing.outcome == .finished)
    // Its energy does not change.
    for y in swing.states { #expect(abs(y[1] * y[1] / 2 - cos(y[0]) + cos(1)) < 1e-8) }
  }

  @Test func aNeuralODE() throws {
    let space = ParameterSpace(seed: 1)
    let layers = [
      FairlineTensor.Linear(space.part("in"), inputs: 2, outputs: 32),
      FairlineTensor.Linear(space.part("out"), inputs: 32, outputs: 2),
    ]
    let parameters = ParameterSet(space)
    let field = TensorField { _, y, _, context in
      layers[1](layers[0](y, context.pass).tanh(), context.pass)
    }
    let start = TensorState(Tensor([1, 0], shape: [1, 2]))
    var found: [[Float]] = []
    for mode in [GradientMode.replay(), .backpropagation] {
      parameters.prepareGradients()
      let result = try solve(field, from: start, over: [0, 1], gradient: mode)
      let gradients = try result.gradients(of: [nil, TensorState(Tensor.ones([1, 2]))])
      #expect(gradients.initialState.tensor.scalars != [0, 0])
      found.append(parameters.gradients.scalars + gradients.initialState.tensor.scalars)
    }
    #expect(zip(found[0], found[1]).allSatisfy { abs($0 - $1) <= 1e-6 })
    #expect(parameters.gradients.squaredNorm > 0)
  }

  @Test func aMethodFromOutside() throws {
    let mine = RungeKutta(
      name: "mine", summary: "explicit trapezoid, order 2(1)", order: 2,
      tableau: ButcherTableau(
        nodes: [1], rows: [[1]], weights: [1 / 2, 1 / 2], errorWeights: [-1 / 2, 1 / 2]),
      interpolation: .quadratic)
    let decay = ClosureField<[Double]> { _, y in [-y[0]] }
    let solution = try solve(
      decay, from: [1], over: [0, 1], with: mine,
      options: SolveOptions(relative: 1e-6, absolute: 1e-6))
    #expect(abs(solution.final[0] - exp(-1)) < 1e-4)
    #expect(solution.statistics.accepted > 10)
  }
}

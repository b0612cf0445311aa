import Fairline
import FairlineODE
import FairlineTensor
import Foundation

/// A continuous normalizing flow: points move along a learned field from a normal distribution at
/// time 0 to the data at time 1.
///
/// The logarithm of the density changes along a trajectory by minus the trace of the field's
/// Jacobian (Chen and others, "Neural ordinary differential equations", 2018, theorem 1), so it is
/// integrated together with the point.
struct Flow {
  let parameters: ParameterSet
  private let layers: [Layer]

  /// An affine map that is shifted by time.
  private struct Layer {
    let map: Linear
    /// Shape `[output]`.
    let timing: Parameter

    init(_ space: ParameterSpace, _ inputs: Int, _ outputs: Int) {
      map = Linear(space, inputs: inputs, outputs: outputs)
      timing = space.parameter("timing", [outputs], .linearDefault(inputs: inputs))
    }

    func callAsFunction(_ x: Tensor, _ time: Tensor, _ pass: ForwardPass) -> Tensor {
      map(x, pass) + pass.value(of: timing) * time
    }

    /// The derivative along a direction: linear, so without bias and time.
    func derivative(_ direction: Tensor, _ pass: ForwardPass) -> Tensor {
      direction.linear(weight: pass.value(of: map.weight))
    }
  }

  init(hidden: Int, seed: UInt64) {
    let space = ParameterSpace(seed: seed)
    layers = [(2, hidden), (hidden, hidden), (hidden, 2)].enumerated().map {
      Layer(space.part("\($0)"), $1.0, $1.1)
    }
    parameters = ParameterSet(space)
  }

  /// The velocity of points, and the trace of its Jacobian.
  ///
  /// Derivatives of the network along directions go forward through it beside the values. They are
  /// ordinary tensor operations, so the tape takes gradients of the trace too: a derivative of a
  /// derivative without a second tape.
  ///
  /// - Parameters:
  ///   - x: `[point, 2]`
  ///   - directions: `[direction * point, 2]`
  /// - Returns: velocities `[point, 2]` and traces `[point, 1]`
  private func velocity(
    _ x: Tensor, _ time: Tensor, _ directions: Tensor, _ pass: ForwardPass
  ) -> (Tensor, Tensor) {
    let (points, copies) = (x.shape[0], directions.shape[0] / x.shape[0])
    var (value, tangent) = (x, directions)
    for (index, layer) in layers.enumerated() {
      value = layer(value, time, pass)
      tangent = layer.derivative(tangent, pass)
      if index == layers.count - 1 { break }
      value = value.tanh()
      let slope = value.squared() * -1 + 1
      tangent =
        tangent * (copies == 1 ? slope : .concatenated(Array(repeating: slope, count: copies)))
    }
    let products = (tangent * directions).sum(along: 1)  // [direction * point]
    let trace = products.reshaped(to: [copies, points]).sum(along: 0)
    return (value, trace.reshaped(to: [points, 1]))
  }

  /// The field of points and logarithms of their density. `[point, 3]`
  private func field(_ directions: Tensor) -> TensorField {
    TensorField { time, state, _, context in
      let (velocity, trace) = velocity(
        state.sliced(0..<2, along: 1), time, directions, context.pass)
      return .concatenated([velocity, trace], along: 1)
    }
  }

  /// The start of a solve: points, and a zero beside each. `[point, 3]`
  private func state(_ points: Tensor) -> TensorState {
    TensorState(.concatenated([points, .zeros([points.shape[0], 1])], along: 1))
  }

  /// The logarithms of the density at points, from where they come from and the integral of the
  /// trace.
  ///
  /// - Parameter final: `[point, 3]`
  /// - Returns: `[point, 1]`
  private func logDensity(_ final: Tensor) -> Tensor {
    let square = final.sliced(0..<2, along: 1).squared().sum(along: 1, keepingAxis: true)
    return final.sliced(2..<3, along: 1) + square * -0.5 - Float(log(2 * Double.pi))
  }

  /// Adds the gradient of the mean negative logarithm of the density to the parameters' gradients.
  ///
  /// - Returns: the mean in nats, the evaluations of the solve and the products on the way back.
  func learn(
    _ points: Tensor, _ trace: Trace, _ random: inout RandomSource
  ) throws -> (nats: Double, evaluations: Int, pullbacks: Int) {
    let directions = trace.directions(points.shape[0], &random)
    let result = try solve(
      field(directions), from: state(points), over: [1, 0],
      options: SolveOptions(relative: 1e-3, absolute: 1e-3), gradient: .backpropagation)
    let tape = Tape()
    let final = tape.watch(result.solution.final.tensor)
    let loss = -logDensity(final).mean()
    tape.goBack(from: loss)
    let gradients = try result.gradients(
      of: [nil, tape.gradient(of: final).map { TensorState($0) }])
    return (
      Double(loss.scalar), result.solution.statistics.evaluations, gradients.statistics.pullbacks
    )
  }

  /// The logarithms of the density at points, with the exact trace. `[point, 1]`
  func logDensities(_ points: Tensor) throws -> Tensor {
    var random = RandomSource(seed: 0)
    let directions = Trace.exact.directions(points.shape[0], &random)
    let solution = try solve(
      field(directions), from: state(points), over: [1, 0],
      options: SolveOptions(relative: 1e-5, absolute: 1e-5))
    return logDensity(solution.final.tensor)
  }

  /// Where points go from time 0 to 1, at equally spaced times.
  ///
  /// - Returns: `[point, 3]` for each time.
  func trajectories(_ points: Tensor, times count: Int) throws -> [Tensor] {
    let directions = Tensor.zeros(points.shape)
    return try solve(
      field(directions), from: state(points),
      over: (0..<count).map { Double($0) / Double(count - 1) },
      options: SolveOptions(relative: 1e-4, absolute: 1e-4)
    ).states.map(\.tensor)
  }
}

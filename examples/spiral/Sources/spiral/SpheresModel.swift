import Fairline
import FairlineODE
import FairlineTensor

/// A neural ODE followed by a linear classifier; with more than two channels it is augmented.
final class SpheresModel {
  let channels: Int
  let parameters: ParameterSet
  private let layers: [Linear]
  private let classifier: Linear

  init(channels: Int, hidden: Int = 32, seed: UInt64) {
    self.channels = channels
    let space = ParameterSpace(seed: seed)
    layers = [(channels, hidden), (hidden, hidden), (hidden, channels)].enumerated().map {
      Linear(space.part("field.\($0)"), inputs: $1.0, outputs: $1.1)
    }
    classifier = Linear(space.part("classifier"), inputs: channels, outputs: 2)
    parameters = ParameterSet(space)
  }

  private var field: TensorField {
    TensorField { [layers] _, y, _, context in
      var x = y
      for layer in layers.dropLast() { x = layer(x, context.pass).tanh() }
      return layers[layers.count - 1](x, context.pass)
    }
  }

  private let options = SolveOptions<TensorState>(relative: 1e-3, absolute: 1e-3)

  /// Computes the gradient of the mean cross-entropy of some points.
  ///
  /// - Returns: the loss, the share of right answers, and the evaluations of the forward solve.
  func learn(
    _ points: some Collection<(x: Double, y: Double)>, _ classes: [Int32]
  ) throws -> (loss: Double, accuracy: Double, evaluations: Int) {
    parameters.prepareGradients()
    let start = TensorState(Spheres.tensor(points, channels: channels))
    let result = try solve(
      field, from: start, over: [0, 1], options: options, gradient: .backpropagation)
    let pass = ForwardPass.training(RandomSource(seed: 0))
    let final = pass.tape?.watch(result.solution.final.tensor) ?? result.solution.final.tensor
    let logits = classifier(final, pass)
    let loss = -logits.logSoftmax().elements(at: classes).mean()
    pass.tape?.goBack(from: loss)
    _ = try result.gradients(of: [nil, pass.tape?.gradient(of: final).map { TensorState($0) }])
    let right = zip(logits.argmax(), classes).count { $0 == $1 }
    return (
      Double(loss.scalar), Double(right) / Double(classes.count),
      result.solution.statistics.evaluations
    )
  }

  /// Trajectories of points.
  ///
  /// - Returns: for each of the times from 0 to 1, the state of each point.
  func trajectories(
    _ points: some Collection<(x: Double, y: Double)>, times count: Int
  ) throws -> [[[Double]]] {
    let times = (0..<count).map { Double($0) / Double(max(count - 1, 1)) }
    let solution = try solve(
      field, from: TensorState(Spheres.tensor(points, channels: channels)), over: times,
      options: SolveOptions(relative: 1e-4, absolute: 1e-4))
    return solution.states.map { state in
      let numbers = state.tensor.scalars.map { Double($0) }
      return stride(from: 0, to: numbers.count, by: channels).map {
        Array(numbers[$0..<$0 + channels])
      }
    }
  }

  /// The probability that each point lies in the ring.
  func probabilities(_ points: some Collection<(x: Double, y: Double)>) throws -> [Double] {
    let start = TensorState(Spheres.tensor(points, channels: channels))
    let final = try solve(field, from: start, over: [0, 1], options: options).final.tensor
    let logits = classifier(final, .evaluation()).softmax().scalars
    return stride(from: 1, to: logits.count, by: 2).map { Double(logits[$0]) }
  }

  /// The plane that separates the classes behind the flow: `normal . y + offset = 0`.
  var boundary: (normal: [Double], offset: Double) {
    let weight = classifier.weight.value.scalars.map { Double($0) }
    let bias = classifier.bias?.value.scalars.map { Double($0) } ?? [0, 0]
    return ((0..<channels).map { weight[channels + $0] - weight[$0] }, bias[1] - bias[0])
  }
}

import FairlineODE
import FairlineTensor

/// A network that learns the right-hand side: two layers, 2-50-2, on the cubes of the state.
struct SpiralField {
  let parameters: ParameterSet
  private let first: Linear
  private let second: Linear

  init(seed: UInt64) {
    let space = ParameterSpace(seed: seed)
    func layer(_ name: String, _ inputs: Int, _ outputs: Int) -> Linear {
      Linear(
        space.part(name), inputs: inputs, outputs: outputs, weight: .normal(deviation: 0.1),
        bias: .constant(0))
    }
    first = layer("first", 2, 50)
    second = layer("second", 50, 2)
    parameters = ParameterSet(space)
  }

  /// The field; gradients of the layers' parameters arrive in their own memory.
  var field: TensorField {
    TensorField { [first, second] _, y, _, context in
      second(first(y * y * y, context.pass).tanh(), context.pass)
    }
  }
}

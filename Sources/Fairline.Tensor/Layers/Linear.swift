/// An affine map of channels.
public struct Linear: Sendable {
  /// Shape `[output, input]`.
  public let weight: Parameter
  /// Shape `[output]`.
  public let bias: Parameter?

  /// Makes the layer `name.weight`, `name.bias`, initialised as fairseq's plain linear layers are.
  public init(
    _ space: ParameterSpace, inputs: Int, outputs: Int, hasBias: Bool = true,
    weight initializer: Initializer? = nil, bias biasInitializer: Initializer? = nil
  ) {
    let standard = Initializer.linearDefault(inputs: inputs)
    weight = space.parameter("weight", [outputs, inputs], initializer ?? standard)
    bias = hasBias ? space.parameter("bias", [outputs], biasInitializer ?? standard) : nil
  }

  /// Maps every row.
  ///
  /// - Parameter x: `[..., input]`
  /// - Returns: `[..., output]`
  public func callAsFunction(_ x: Tensor, _ pass: ForwardPass) -> Tensor {
    x.linear(weight: pass.value(of: weight), bias: bias.map(pass.value(of:)))
  }

  /// The map without its bias, for an operation that adds the bias itself.
  ///
  /// - Parameter x: `[..., input]`
  /// - Returns: the product `[..., output]` and the bias it lacks.
  public func branch(_ x: Tensor, _ pass: ForwardPass) -> Branch {
    Branch(product: x.linear(weight: pass.value(of: weight)), bias: bias)
  }
}

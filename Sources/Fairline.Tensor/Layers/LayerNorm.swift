/// Layer normalisation with learned scale and shift (Ba and others 2016).
public struct LayerNorm: Sendable {
  /// Shape `[channel]`, starts at one.
  public let scale: Parameter
  /// Shape `[channel]`, starts at zero.
  public let shift: Parameter
  /// Added to the variance.
  public let epsilon: Float

  /// Makes the layer `name.weight`, `name.bias`.
  public init(_ space: ParameterSpace, channels: Int, epsilon: Float = 1e-5) {
    scale = space.parameter("weight", [channels], .constant(1))
    shift = space.parameter("bias", [channels], .constant(0))
    self.epsilon = epsilon
  }

  /// Normalises every row.
  ///
  /// - Parameter x: `[..., channel]`
  /// - Returns: `[..., channel]`
  public func callAsFunction(_ x: Tensor, _ pass: ForwardPass) -> Tensor {
    x.layerNormalized(
      scale: pass.value(of: scale), shift: pass.value(of: shift), epsilon: epsilon)
  }
}

/// What a sub-layer adds to the residual stream, before its last bias: the bias is added together
/// with dropout and residual.
public struct Branch {
  /// Shape `[token, channel]`.
  public let product: Tensor
  /// Shape `[channel]`.
  public let bias: Parameter?

  /// Makes a branch.
  public init(product: Tensor, bias: Parameter?) {
    self.product = product
    self.bias = bias
  }

  /// The branch with its bias. `[token, channel]`
  public func value(_ pass: ForwardPass) -> Tensor {
    guard let bias else { return product }
    return product + pass.value(of: bias)
  }

  /// `residual + dropout(branch)`. `[token, channel]`
  public func added(to residual: Tensor, dropout: Double, _ pass: ForwardPass) -> Tensor {
    product.added(
      bias: bias.map(pass.value(of:)), residual: residual, mask: pass.dropout(dropout))
  }

  /// `norm(residual + dropout(branch))`. `[token, channel]`
  public func added(
    to residual: Tensor, normalizedBy norm: LayerNorm, dropout: Double, _ pass: ForwardPass
  ) -> Tensor {
    product.addedAndNormalized(
      bias: bias.map(pass.value(of:)), residual: residual, scale: pass.value(of: norm.scale),
      shift: pass.value(of: norm.shift), epsilon: norm.epsilon, mask: pass.dropout(dropout))
  }
}

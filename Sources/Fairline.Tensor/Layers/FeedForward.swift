/// The position-wise feed-forward network of the Transformer (Vaswani and others 2017, section
/// 3.3).
public struct FeedForward: Sendable {
  /// The map to the hidden channels.
  public let first: Linear
  /// The map back.
  public let second: Linear
  /// The function between them.
  public let activation: Activation
  /// Dropout after the activation.
  public let activationDropout: Double

  /// Makes the layers `fc1` and `fc2`.
  ///
  /// - Parameter outputs: channels of the result; those of the input when nil.
  public init(
    _ space: ParameterSpace, channels: Int, hidden: Int, outputs: Int? = nil,
    activation: Activation, activationDropout: Double
  ) {
    first = Linear(space.part("fc1"), inputs: channels, outputs: hidden)
    second = Linear(space.part("fc2"), inputs: hidden, outputs: outputs ?? channels)
    self.activation = activation
    self.activationDropout = activationDropout
  }

  /// Applies both maps; the last bias is left to the residual connection.
  ///
  /// - Parameter x: `[token, channel]`
  /// - Returns: a branch `[token, channel]`
  public func callAsFunction(_ x: Tensor, _ pass: ForwardPass) -> Branch {
    let mask = pass.dropout(activationDropout)
    if activation == .relu, mask == nil, let bias = first.bias {
      let weight = pass.value(of: first.weight)
      return second.branch(x.rectifiedLinear(weight: weight, bias: pass.value(of: bias)), pass)
    }
    let inner = first.branch(x, pass)  // [token, hidden]
    let hidden: Tensor
    if let bias = inner.bias {
      hidden = inner.product.activated(by: activation, bias: pass.value(of: bias), mask: mask)
    } else {
      hidden = inner.product.activated(by: activation).droppedOut(mask)
    }
    return second.branch(hidden, pass)
  }
}

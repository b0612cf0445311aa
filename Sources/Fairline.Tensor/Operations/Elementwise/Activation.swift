import CFairlineKernels

/// A function applied to every element.
public enum Activation: String, CaseIterable, Sendable, Codable {
  /// max(x, 0)
  case relu
  /// x Φ(x), with the error function (Hendrycks & Gimpel 2016).
  case gelu
  /// The tanh form of GELU.
  case geluAccurate = "gelu_accurate"
  /// The older name of ``geluAccurate``.
  case geluFast = "gelu_fast"
  /// The hyperbolic tangent.
  case tanh
  /// The identity.
  case linear
  /// max(x, 0)²
  case reluSquared = "relu_squared"
  /// x σ(x)
  case swish

  var kernel: fl_unary {
    switch self {
    case .relu: FL_RELU
    case .gelu: FL_GELU
    case .geluAccurate, .geluFast: FL_GELU_TANH
    case .tanh: FL_TANH
    case .linear: FL_IDENTITY
    case .reluSquared: FL_RELU_SQUARED
    case .swish: FL_SWISH
    }
  }
}

extension Tensor {
  /// The activation of every element.
  public func activated(by activation: Activation) -> Tensor { applying(activation.kernel) }

  /// e to the power of every element.
  public func exp() -> Tensor { applying(FL_EXP) }
  /// The natural logarithm of every element.
  public func log() -> Tensor { applying(FL_LOG) }
  /// The square root of every element.
  public func squareRoot() -> Tensor { applying(FL_SQRT) }
  /// The square of every element.
  public func squared() -> Tensor { applying(FL_SQUARE) }
  /// The absolute value of every element.
  public func magnitude() -> Tensor { applying(FL_ABS) }
  /// One over every element.
  public func reciprocal() -> Tensor { applying(FL_RECIPROCAL) }
  /// The sine of every element.
  public func sin() -> Tensor { applying(FL_SIN) }
  /// The cosine of every element.
  public func cos() -> Tensor { applying(FL_COS) }
  /// The hyperbolic tangent of every element.
  public func tanh() -> Tensor { applying(FL_TANH) }
  /// The logistic function of every element.
  public func sigmoid() -> Tensor { applying(FL_SIGMOID) }
  /// max(x, 0) of every element.
  public func relu() -> Tensor { applying(FL_RELU) }
  /// GELU of every element, with the error function.
  public func gelu() -> Tensor { applying(FL_GELU) }

  private func applying(_ op: fl_unary) -> Tensor {
    let input = detached
    let result = Tensor(uninitialized: shape)
    Parallel.ranges(count) { range in
      let first = range.lowerBound
      fl_apply(op, result.pointer + first, input.pointer + first, Int64(range.count))
    }
    guard let node else { return withExtendedLifetime(storage) { result } }
    return node.tape.record(result) { gradient in
      let target = node.clearedTarget(shape: input.shape)
      Parallel.ranges(input.count) { range in
        let first = range.lowerBound
        fl_apply_grad(
          op, target.pointer + first, gradient.pointer + first, input.pointer + first,
          Int64(range.count))
      }
    }
  }
}

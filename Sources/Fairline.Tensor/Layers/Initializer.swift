/// The distribution that a parameter starts from.
public enum Initializer: Sendable, Equatable {
  /// Every element equal.
  case constant(Float)
  /// Normally distributed with mean 0; the row `zeroRow` is zero when given.
  case normal(deviation: Float, zeroRow: Int? = nil)
  /// Uniform between minus and plus the bound; the row `zeroRow` is zero when given.
  case uniform(bound: Float, zeroRow: Int? = nil)
  /// Uniform with bound `gain * sqrt(6 / (inputs + outputs))` (Glorot & Bengio 2010).
  case xavierUniform(gain: Float = 1)

  /// Draws the numbers of a parameter.
  func makeTensor(_ shape: Shape, key: UInt64, stream: UInt64) -> Tensor {
    switch self {
    case .constant(let value):
      return Tensor(repeating: value, shape: shape)
    case .normal(let deviation, let zeroRow):
      return Tensor.normal(shape, deviation: deviation, key: key, stream: stream)
        .clearing(row: zeroRow)
    case .uniform(let bound, let zeroRow):
      return Tensor.uniform(shape, low: -bound, high: bound, key: key, stream: stream)
        .clearing(row: zeroRow)
    case .xavierUniform(let gain):
      let fans = Float(shape.columns + shape[0])
      let bound = gain * (6 / fans).squareRoot()
      return Tensor.uniform(shape, low: -bound, high: bound, key: key, stream: stream)
    }
  }
}

extension Tensor {
  /// This tensor, fresh and of one owner, with zeros in a row, where it has that row.
  fileprivate func clearing(row: Int?) -> Tensor {
    guard let row, row < shape[0] else { return self }
    (pointer + row * shape.columns).update(repeating: 0, count: shape.columns)
    return self
  }
}

extension Initializer {
  /// PyTorch's default for linear layers: uniform with bound `1 / sqrt(inputs)`, for weights and
  /// biases.
  public static func linearDefault(inputs: Int) -> Initializer {
    .uniform(bound: 1 / Float(max(inputs, 1)).squareRoot())
  }
}

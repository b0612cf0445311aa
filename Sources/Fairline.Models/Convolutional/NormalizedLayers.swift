import FairlineTensor

/// A map whose weight is a direction for each output, and its length (Salimans and Kingma 2016,
/// "Weight normalization").
protocol NormalizedLayer: Sendable {
  /// The directions.
  var direction: Parameter { get }
  /// The lengths.
  var length: Parameter { get }
  /// Shape `[output]`.
  var bias: Parameter { get }
  /// What each output's inputs are multiplied by. `[output, input]`
  func matrix(_ pass: ForwardPass) -> Tensor
}

/// An affine map of channels with a normalised weight.
struct NormalizedLinear: NormalizedLayer {
  let direction, length, bias: Parameter

  /// Makes `weight_v`, `weight_g` and `bias`, drawn so that dropout before it keeps variances.
  init(_ space: ParameterSpace, inputs: Int, outputs: Int, dropout: Double = 0) {
    let direction = space.parameter(
      "weight_v", [outputs, inputs],
      .normal(deviation: Float(((1 - dropout) / Double(inputs)).squareRoot())))
    self.direction = direction
    length = space.parameter("weight_g", [outputs, 1]) {
      direction.value.squared().sum(along: 1, keepingAxis: true).squareRoot()
    }
    bias = space.parameter("bias", [outputs], .constant(0))
    (self.direction.mayBeRounded, length.mayBeRounded) = (false, false)
  }

  func matrix(_ pass: ForwardPass) -> Tensor {
    let v = pass.value(of: direction)
    return v * (pass.value(of: length) / v.squared().sum(along: 1, keepingAxis: true).squareRoot())
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) -> Tensor {
    x.linear(weight: matrix(pass), bias: pass.value(of: bias))
  }
}

/// A convolution over neighbouring symbols with a normalised weight.
struct NormalizedConvolution: NormalizedLayer {
  /// Shapes `[width, input, output]`, `[1, 1, output]` and `[output]`.
  let direction, length, bias: Parameter
  /// How many neighbouring symbols it sees.
  let width: Int

  /// Makes `weight_v`, `weight_g` and `bias`, drawn so that a gated unit behind it and dropout
  /// before it keep variances.
  init(_ space: ParameterSpace, inputs: Int, outputs: Int, width: Int, dropout: Double) {
    self.width = width
    let variance = 4 * (1 - dropout) / Double(width * inputs)
    let direction = space.parameter(
      "weight_v", [width, inputs, outputs], .normal(deviation: Float(variance.squareRoot())))
    self.direction = direction
    length = space.parameter("weight_g", [1, 1, outputs]) {
      direction.value.reshaped(to: [width * inputs, outputs]).squared().sum(along: 0)
        .squareRoot().reshaped(to: [1, 1, outputs])
    }
    bias = space.parameter("bias", [outputs], .constant(0))
    (self.direction.mayBeRounded, length.mayBeRounded) = (false, false)
  }

  private var outputs: Int { bias.shape[0] }

  /// The weight. `[width * input, output]`
  private func columns(_ pass: ForwardPass) -> Tensor {
    let v = pass.value(of: direction).reshaped(to: [direction.shape.count / outputs, outputs])
    let norm = v.squared().sum(along: 0, keepingAxis: true).squareRoot()
    return v * (pass.value(of: length).reshaped(to: [1, outputs]) / norm)
  }

  func matrix(_ pass: ForwardPass) -> Tensor { columns(pass).transposed() }

  /// Convolves packed sequences; beyond their ends there are zeros.
  ///
  /// - Parameters:
  ///   - x: `[token, input]`
  ///   - before: how many symbols before each are seen.
  /// - Returns: `[token, output]`
  func callAsFunction(
    _ x: Tensor, _ segments: Segments, before: Int, _ pass: ForwardPass
  ) -> Tensor {
    let seen = Self.neighbours(of: x, segments, width: width, before: before)
    return seen.matrixProduct(columns(pass)) + pass.value(of: bias)
  }

  /// The states that each place sees, side by side. `[token, width * input]`
  static func neighbours(
    of x: Tensor, _ segments: Segments, width: Int, before: Int
  ) -> Tensor {
    let (rows, channels) = (x.shape[0], x.shape.columns)
    var places: [Int32] = []
    places.reserveCapacity(rows * width)
    for index in 0..<segments.count {
      let range = segments[index]
      for row in range {
        for tap in 0..<width {
          let place = row + tap - before
          places.append(Int32(range.contains(place) ? place : rows))
        }
      }
    }
    return Tensor.concatenated([x, Tensor.zeros([1, channels])]).rows(at: places)
      .reshaped(to: [rows, width * channels])
  }
}

extension Tensor {
  /// The first half of the channels, let through by the second (Dauphin and others 2017).
  func gated() -> Tensor {
    let half = shape.columns / 2
    return sliced(0..<half, along: 1) * sliced(half..<(2 * half), along: 1).sigmoid()
  }

  /// The mean of two states, scaled so that variances stay.
  func averaged(with other: Tensor) -> Tensor { (self + other) * Float(0.5).squareRoot() }
}

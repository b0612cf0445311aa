import CFairlineKernels

/// The second moments of a parameter's gradients, as Adafactor keeps them (Shazeer & Stern 2018).
///
/// A matrix has one for each row and one for each column, whose product, over their mean, stands
/// for the moment of an element; in a stack of matrices each matrix has its own. A vector has one
/// for each element.
public struct FactoredMoments {
  /// Means over the rows' elements, `[..., row]`; nil for a vector.
  public let rows: Tensor?
  /// Means over the columns' elements, `[..., column]`.
  public let columns: Tensor

  /// Moments that have seen nothing.
  ///
  /// - Parameter shape: that of the parameter.
  public init(shape: Shape) {
    let lengths = shape.dimensions
    guard lengths.count >= 2 else {
      rows = nil
      columns = Tensor.zeros(shape)
      return
    }
    rows = Tensor.zeros(Shape(lengths.dropLast()))
    columns = Tensor.zeros(Shape(lengths.dropLast(2) + lengths.suffix(1)))
  }

  /// Takes in a gradient and makes one step, in the calling thread.
  ///
  /// - Parameters:
  ///   - values: the parameter, of its shape.
  ///   - gradient: of the same shape.
  ///   - first: the moving mean of steps, of the same shape; nil for none.
  ///   - scale: what the gradient is multiplied by first.
  ///   - rate: the length of the step.
  ///   - betas: the rates of the moving mean of steps and of the moments.
  ///   - epsilon: what is added to squared gradients.
  ///   - clip: the root mean square above which the update is scaled down.
  ///   - decay: the weight decay for each unit of the rate.
  public func update(
    _ values: Tensor, gradient: Tensor, first: Tensor?, scale: Float, rate: Double,
    betas: (Double, Double), epsilon: Double, clip: Double, decay: Double
  ) {
    if values.count == 0 { return }
    let (height, width) = (rows?.shape.columns ?? 1, columns.shape.columns)
    let size = height * width
    let rowFactors = rows.map { Tensor(uninitialized: $0.shape) }
    let columnFactors = Tensor(uninitialized: columns.shape)
    var squares = 0.0
    for index in 0..<values.count / size {
      let (row, column) = (index * height, index * width)
      fl_mean_squares(
        rows.map { $0.pointer + row }, columns.pointer + column, gradient.pointer + index * size,
        Int64(height), Int64(width), scale, Float(epsilon), Float(betas.1))
      if let rows, let rowFactors {
        let mean =
          Float((row..<row + height).reduce(0) { $0 + Double(rows.pointer[$1]) })
          / Float(height)
        for i in row..<row + height {
          rowFactors.pointer[i] = 1 / (rows.pointer[i] / mean).squareRoot()
        }
      }
      for i in column..<column + width {
        columnFactors.pointer[i] = 1 / columns.pointer[i].squareRoot()
      }
      squares += fl_factored_squares(
        gradient.pointer + index * size, rowFactors.map { $0.pointer + row },
        columnFactors.pointer + column, Int64(height), Int64(width), scale)
    }
    let length = (squares / Double(values.count)).squareRoot()
    let step = rate / max(1, length / clip)
    for index in 0..<values.count / size {
      let start = index * size
      fl_factored_step(
        values.pointer + start, first.map { $0.pointer + start }, gradient.pointer + start,
        rowFactors.map { $0.pointer + index * height }, columnFactors.pointer + index * width,
        Int64(height), Int64(width), scale, Float(step), Float(betas.0),
        Float(rate * decay))
    }
    withExtendedLifetime((values, gradient, first)) {}
  }
}

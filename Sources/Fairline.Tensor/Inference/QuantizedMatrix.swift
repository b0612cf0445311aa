import CFairlineKernels

/// A matrix of 8 bit integers with a scale for each row: row `r` is `scales[r] * values[r]`,
/// symmetric around zero.
public final class QuantizedMatrix: @unchecked Sendable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// One for each row.
  public let scales: [Float]
  /// The integers, row-major; never written after initialisation.
  let values: UnsafePointer<Int8>
  private let owner: AnyObject?

  /// Rounds each row of a matrix to integers of -127...127. `[row, column]`
  public init(quantizing matrix: Tensor, rows range: Range<Int>? = nil) {
    let range = range ?? 0..<matrix.shape[0]
    rows = range.count
    columns = matrix.shape[1]
    let memory = Storage(capacity: (rows * columns + 3) / 4)
    let integers = UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: Int8.self)
    var scales = [Float](repeating: 0, count: rows)
    fl_quantize_weight(
      integers, &scales, matrix.pointer + range.lowerBound * columns, Int64(rows), Int64(columns))
    self.scales = scales
    values = UnsafePointer(integers)
    owner = memory
    withExtendedLifetime(matrix) {}
  }

  /// Uses integers that `owner` keeps alive, those of a mapped file for example.
  ///
  /// - Parameters:
  ///   - values: as many as `scales.count` rows of `columns` integers.
  ///   - scales: one for each row.
  public init(
    borrowing values: UnsafePointer<Int8>, columns: Int, scales: [Float], owner: AnyObject
  ) {
    rows = scales.count
    self.columns = columns
    self.scales = scales
    self.values = values
    self.owner = owner
  }

  /// Stacks matrices with the same columns.
  init(stacking parts: [QuantizedMatrix]) {
    columns = parts.first?.columns ?? 0
    rows = parts.reduce(0) { $0 + $1.rows }
    scales = parts.flatMap(\.scales)
    let memory = Storage(capacity: (rows * columns + 3) / 4)
    let integers = UnsafeMutableRawPointer(memory.pointer).assumingMemoryBound(to: Int8.self)
    var place = integers
    for part in parts {
      precondition(part.columns == columns, "stacked matrices have the same columns")
      place.update(from: part.values, count: part.rows * columns)
      place += part.rows * columns
    }
    values = UnsafePointer(integers)
    owner = memory
  }

  /// The integers. `[row, column]`
  public func withIntegers<Result>(
    _ body: (UnsafeBufferPointer<Int8>) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(self) {
      try body(UnsafeBufferPointer(start: values, count: rows * columns))
    }
  }

  /// Writes the numbers that the integers stand for. `[row, column]`
  public func expand(into output: UnsafeMutableBufferPointer<Float>) {
    precondition(output.count == rows * columns, "the memory does not fit the matrix")
    fl_dequantize_rows(
      output.baseAddress, Int64(columns), values, scales, Int64(rows), Int64(columns))
  }
}

extension RowBuffer {
  /// Overwrites one row with a row of another buffer.
  public func copy(row: Int, of other: RowBuffer, to place: Int) {
    precondition(columns == other.columns, "rows of \(other.columns) do not fit \(columns) columns")
    self.row(place).update(from: other.row(row), count: columns)
  }

  /// Overwrites one row with a vector of as many numbers.
  public func copy(_ vector: Tensor, to place: Int) {
    precondition(columns == vector.count, "\(vector.count) numbers do not fit \(columns) columns")
    row(place).update(from: vector.pointer, count: columns)
  }
}

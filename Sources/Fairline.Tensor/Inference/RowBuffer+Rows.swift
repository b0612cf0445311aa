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

  /// Overwrites the first rows with those of other buffers, side by side.
  ///
  /// - Parameter parts: as many columns together as this buffer has.
  public func copy(rows: Int, of parts: [RowBuffer]) {
    precondition(
      parts.reduce(0) { $0 + $1.columns } == columns, "the parts do not fill \(columns) columns")
    for row in 0..<rows {
      var place = self.row(row)
      for part in parts {
        place.update(from: part.row(row), count: part.columns)
        place += part.columns
      }
    }
  }
}

import CFairlineKernels

/// Working memory of a decoder: rows of a fixed width, whose number changes from step to step
/// without new memory.
public final class RowBuffer {
  /// Elements of a row.
  public private(set) var columns: Int
  /// Elements from one row to the next.
  private(set) var stride: Int
  private let isSpaced: Bool
  private var storage: Storage
  /// Rows that there is memory for.
  public private(set) var capacity: Int

  /// Takes memory for `capacity` rows.
  ///
  /// - Parameter isSpaced: whether there may be a gap behind each row, so that rows that a
  ///   product reads together do not push each other out of the first cache.
  public init(columns: Int, capacity: Int = 0, isSpaced: Bool = false) {
    self.columns = columns
    self.capacity = capacity
    self.isSpaced = isSpaced
    stride = Self.stride(columns, isSpaced)
    storage = Storage(capacity: stride * capacity)
  }

  private static func stride(_ columns: Int, _ isSpaced: Bool) -> Int {
    isSpaced && columns % 1024 == 0 ? columns + 16 : columns
  }

  var pointer: UnsafeMutablePointer<Float> { storage.pointer }

  /// Gives the rows another width; what was there is lost.
  public func reshape(columns: Int) {
    self.columns = columns
    stride = Self.stride(columns, isSpaced)
    capacity = columns == 0 ? 0 : storage.capacity / stride
  }

  func row(_ index: Int) -> UnsafeMutablePointer<Float> { storage.pointer + index * stride }

  /// Makes room for rows; what was there is lost unless `keeping` names how many rows to keep.
  public func reserve(_ rows: Int, keeping kept: Int = 0) {
    if rows <= capacity { return }
    // What is kept is copied and takes fresh memory each time, so that it grows in larger steps.
    capacity = max(rows, kept > 0 ? 2 * capacity : capacity + capacity / 4)
    let larger = Storage(capacity: stride * capacity)
    larger.pointer.update(from: storage.pointer, count: kept * stride)
    storage = larger
  }

  /// Adds rows of a table to the first rows.
  ///
  /// - Parameters:
  ///   - table: `[place, column]`
  ///   - places: the row of the table for each row.
  public func add(rowsOf table: Tensor, at places: [Int32]) {
    for (row, place) in places.enumerated() {
      fl_add(
        self.row(row), self.row(row), table.pointer + Int(place) * columns, Int64(columns))
    }
  }

  /// The first rows as a tensor that shares this memory. `[row, column]`
  public func tensor(rows: Int) -> Tensor {
    precondition(stride == columns, "a tensor's rows have no gaps")
    return Tensor(storage: storage, shape: [rows, columns])
  }
}

extension RowBuffer {
  /// Makes a buffer that shares a tensor's memory. `[row, column]`
  public convenience init(_ tensor: Tensor) {
    self.init(columns: tensor.shape.columns)
    precondition(tensor.offset == 0, "a buffer begins where its memory begins")
    storage = tensor.storage
    capacity = tensor.shape.rows
  }

  /// Overwrites the first rows. `[row, column]`
  public func copy(_ tensor: Tensor) {
    precondition(stride == columns, "a tensor's rows have no gaps")
    reserve(tensor.shape.rows)
    pointer.update(from: tensor.pointer, count: tensor.count)
  }
}

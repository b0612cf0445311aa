import CFairlineKernels

/// Working memory of a decoder: rows of a fixed width, whose number changes from step to step without new memory.
public final class RowBuffer {
  /// Elements of a row.
  public let columns: Int
  private var storage: Storage
  /// Rows that there is memory for.
  public private(set) var capacity: Int

  /// Takes memory for `capacity` rows.
  public init(columns: Int, capacity: Int = 0) {
    self.columns = columns
    self.capacity = capacity
    storage = Storage(capacity: columns * capacity)
  }

  var pointer: UnsafeMutablePointer<Float> { storage.pointer }

  func row(_ index: Int) -> UnsafeMutablePointer<Float> { storage.pointer + index * columns }

  /// Makes room for rows; what was there is lost unless `keeping` names how many rows to keep.
  public func reserve(_ rows: Int, keeping kept: Int = 0) {
    if rows <= capacity { return }
    capacity = max(rows, capacity * 2)
    let larger = Storage(capacity: columns * capacity)
    larger.pointer.update(from: storage.pointer, count: kept * columns)
    storage = larger
  }

  /// The first rows as a tensor that shares this memory. `[row, column]`
  public func tensor(rows: Int) -> Tensor {
    Tensor(storage: storage, shape: [rows, columns])
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
    reserve(tensor.shape.rows)
    pointer.update(from: tensor.pointer, count: tensor.count)
  }
}

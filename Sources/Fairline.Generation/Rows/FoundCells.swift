import Foundation

/// The cells found in all rows of a step.
final class FoundCells {
  private var width = 1
  private var capacity = 0
  private(set) var counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: 0)
  private var values = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)
  private var symbols = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 0)

  /// Cells that were asked for, by row; threads fill it in turn.
  private var demanded: [Int: [(symbol: Int32, value: Float)]] = [:]
  private let lock = NSLock()

  func reserve(rows: Int, width: Int) {
    self.width = width
    demanded.removeAll()
    if rows * width <= capacity { return }
    free()
    capacity = 2 * rows * width
    counts = .allocate(capacity: capacity)
    values = .allocate(capacity: capacity)
    symbols = .allocate(capacity: capacity)
  }

  private func free() {
    counts.deallocate()
    values.deallocate()
    symbols.deallocate()
  }

  deinit { free() }

  func buffer(of row: Int) -> CellBuffer {
    let range = (row * width)..<((row + 1) * width)
    return CellBuffer(
      values: UnsafeMutableBufferPointer(rebasing: values[range]),
      symbols: UnsafeMutableBufferPointer(rebasing: symbols[range]))
  }

  /// Keeps cells of a row that were asked for.
  func keep(_ cells: [(symbol: Int32, value: Float)], of row: Int) {
    lock.withLock { demanded[row] = cells }
  }

  func cells(of row: Int, score: Float) -> RowCells {
    let range = (row * width)..<(row * width + counts[row])
    return RowCells(
      score: score, values: UnsafeBufferPointer(rebasing: values[range]),
      symbols: UnsafeBufferPointer(rebasing: symbols[range]),
      demanded: demanded.isEmpty ? [] : demanded[row] ?? [])
  }
}

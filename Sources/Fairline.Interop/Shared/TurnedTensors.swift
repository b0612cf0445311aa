import Fairline

/// Tensors of which some are stored turned around, so that they need not be turned back.
protocol TurnedTensors: TensorSource {
  /// Reads a matrix turned around; nothing where it is not stored so.
  ///
  /// - Returns: whether it was read.
  func readStoredTurned(
    _ name: String, into output: UnsafeMutableBufferPointer<Float>
  ) throws -> Bool
}

extension TensorSource {
  /// Reads a matrix turned around. `[column, row]`
  ///
  /// - Parameter rows: the rows of the matrix itself.
  func readTurned(
    _ name: String, rows: Int, into output: UnsafeMutableBufferPointer<Float>
  ) throws {
    if let turned = self as? any TurnedTensors, try turned.readStoredTurned(name, into: output) {
      return
    }
    let all = try floats(name)
    guard rows > 0, all.count == output.count, all.count % rows == 0 else {
      throw UserError("\(path) has no matrix '\(name)' of \(output.count) numbers")
    }
    let columns = all.count / rows
    all.withUnsafeBufferPointer { all in
      // So many rows at a time stay in the cache.
      for first in stride(from: 0, to: rows, by: 16) {
        let last = min(first + 16, rows)
        for column in 0..<columns {
          for row in first..<last { output[column * rows + row] = all[row * columns + column] }
        }
      }
    }
  }
}

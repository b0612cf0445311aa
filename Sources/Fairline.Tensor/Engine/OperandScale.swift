import CFairlineKernels

/// The power of two that brings an operand into the range of its format.
///
/// It depends on the whole operand and on nothing else, so that neither blocks nor threads change a
/// product.
enum OperandScale {
  /// The scale of a matrix `[rows, columns]` after transposition; 1 where the format does not
  /// scale.
  static func of(_ matrix: Matrix, rows: Int, columns: Int, _ format: fl_format) -> Float {
    guard fl_format_scales(format) else { return 1 }
    return fl_product_scale(format, largest(matrix, rows: rows, columns: columns))
  }

  /// The largest magnitude of a matrix, on all threads; not finite when an element is not.
  private static func largest(_ matrix: Matrix, rows: Int, columns: Int) -> Float {
    let (lines, length) = matrix.transposed ? (columns, rows) : (rows, columns)
    if lines == 0 || length == 0 { return 0 }
    let grain = max(1, Parallel.grain / length)
    let blocks = (lines + grain - 1) / grain
    return withUnsafeTemporaryAllocation(of: Float.self, capacity: blocks) { found in
      nonisolated(unsafe) let found = found
      Parallel.blocks(blocks) { block in
        let first = block * grain
        found[block] = largest(matrix, lines: first..<min(first + grain, lines), length: length)
      }
      return fl_max_abs(found.baseAddress, Int64(blocks))
    }
  }

  private static func largest(_ matrix: Matrix, lines: Range<Int>, length: Int) -> Float {
    let start = matrix.pointer + lines.lowerBound * matrix.stride
    if matrix.stride == length { return fl_max_abs(start, Int64(lines.count * length)) }
    // Compared as bits, what is not finite is the largest, as in the kernel.
    let bits = (0..<lines.count).reduce(UInt32(0)) { most, line in
      max(most, fl_max_abs(start + line * matrix.stride, Int64(length)).bitPattern)
    }
    return Float(bitPattern: bits)
  }
}

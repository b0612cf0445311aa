import CFairlineKernels

/// What a search asks of one row of logits, without a copy of the row and without memory of its
/// own.
public enum RowSearch {
  /// Finds the best cells of a row, best first; ties go to the smaller cell, NaN is never found.
  ///
  /// - Parameters:
  ///   - row: `[vocabulary]`
  ///   - excluded: cells that do not count, ascending, each once.
  ///   - values: receives the cells' numbers; its size is how many are wanted.
  ///   - cells: receives the cells, as many as `values`.
  /// - Returns: how many were found.
  public static func best(
    of row: UnsafeBufferPointer<Float>, excluding excluded: [Int32],
    values: UnsafeMutableBufferPointer<Float>, cells: UnsafeMutableBufferPointer<Int32>
  ) -> Int {
    precondition(values.count == cells.count, "values and cells must have the same size")
    return excluded.withUnsafeBufferPointer { excluded in
      Int(
        fl_best_cells(
          values.baseAddress, cells.baseAddress, row.baseAddress, Int64(row.count),
          Int64(values.count), excluded.baseAddress, Int64(excluded.count)))
    }
  }

  /// The greatest number of a row; NaN does not count.
  public static func maximum(of row: UnsafeBufferPointer<Float>) -> Float {
    var most: Float = -.infinity
    fl_row_max(&most, nil, row.baseAddress, 1, Int64(row.count))
    return most
  }

  /// The logarithm of the sum of `exp(scale * (x - most))`.
  ///
  /// So that `scale * (x - most) - result` is the logarithm of x's probability.
  ///
  /// - Parameter most: a number close to the maximum of the row.
  public static func logSum(
    of row: UnsafeBufferPointer<Float>, above most: Float, scale: Float
  ) -> Float {
    fl_scaled_log_sum(row.baseAddress, Int64(row.count), most, scale)
  }
}

extension Tensor {
  /// The logarithm of the mean of probabilities that are given as logarithms; no gradient flows.
  ///
  /// - Parameter all: at least one tensor, all of one shape.
  public static func logMeanExp(_ all: [Tensor]) -> Tensor {
    precondition(!all.isEmpty, "a mean of no tensors has no value")
    let shape = all[0].shape
    let result = Tensor(uninitialized: shape)
    let share = -Float(all.count).logarithm
    Parallel.ranges(shape.count) { range in
      let (start, count) = (range.lowerBound, Int64(range.count))
      let place = result.pointer + start
      place.update(from: all[0].pointer + start, count: range.count)
      for other in all.dropFirst() {
        precondition(other.shape == shape, "tensors of one shape are needed")
        fl_log_add_exp(place, place, other.pointer + start, count)
      }
      fl_add_scalar(place, place, share, count)
    }
    return result
  }
}

extension Float {
  /// The natural logarithm.
  fileprivate var logarithm: Float {
    var result: Float = 0
    var value = self
    fl_apply(FL_LOG, &result, &value, 1)
    return result
  }
}

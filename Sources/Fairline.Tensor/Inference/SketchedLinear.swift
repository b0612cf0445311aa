import CFairlineKernels

/// A linear map of which only the greatest output of each row is wanted.
///
/// Integers of 8 bits give a sketch of all outputs; only those that may be the greatest are
/// computed in float32. With the integers standing for `w'` and `x'`, no sketch is wrong by more
/// than `|w x - w' x'| <= |w - w'| |x| + |w'| |x - x'|` (Cauchy and Schwarz), so the greatest
/// output is among those whose sketch is less than twice that below the greatest sketch.
public struct SketchedLinear: Sendable {
  private let exact: InferenceLinear
  private let sketch: InferenceLinear
  /// The greatest `|w'|` and `|w - w'|` of all outputs.
  private let (norm, rounding): (Double, Double)

  /// Whether a sketch is computed much faster than the outputs themselves.
  public static var isFast: Bool { fl_int8_is_fast() }

  /// Prepares a weight. `[output, input]`
  ///
  /// - Parameter exact: the map with that weight, without a bias.
  public init(_ weight: Tensor, exact: InferenceLinear) {
    let width = weight.shape[1]
    precondition(
      exact.outputs == weight.shape[0] && exact.inputs == width, "a sketch of another map")
    let integers = QuantizedMatrix(quantizing: weight)
    self.exact = exact
    sketch = InferenceLinear(integers, bias: nil)
    let row = Tensor(uninitialized: [width])
    let error = Tensor(uninitialized: [width])
    var (norms, roundings): ([Double], [Double]) = ([], [])
    for output in 0..<integers.rows {
      fl_dequantize_rows(
        row.pointer, Int64(width), integers.values + output * width, [integers.scales[output]], 1,
        Int64(width))
      fl_sub(error.pointer, weight.pointer + output * width, row.pointer, Int64(width))
      norms.append(fl_sum_squares(row.pointer, Int64(width)))
      roundings.append(fl_sum_squares(error.pointer, Int64(width)))
    }
    norm = Self.greatest(norms).squareRoot()
    rounding = Self.greatest(roundings).squareRoot()
  }

  /// NaN if there is one: then nothing is known of the outputs.
  private static func greatest(_ numbers: [Double]) -> Double {
    numbers.reduce(0) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
  }

  private var outputs: Int { exact.outputs }

  /// Sketches the outputs of rows of `x`.
  ///
  /// - Parameters:
  ///   - x: `[row, input]`
  ///   - start: the first row of `x` that is read.
  ///   - result: `[row, output]`
  public func callAsFunction(
    _ x: RowBuffer, from start: Int, rows: Int, into result: RowBuffer
  ) {
    sketch(x, from: start, rows: rows, into: result)
  }

  /// Makes every sketched output exact that may be the greatest; afterwards the greatest number of
  /// the row is the greatest output.
  ///
  /// - Parameters:
  ///   - x: `[row, input]`
  ///   - result: the sketches. `[row, output]`
  ///   - excluded: outputs that do not count, ascending, each once.
  public func sharpen(
    _ x: RowBuffer, row: Int, _ result: RowBuffer, row place: Int, excluding excluded: [Int32]
  ) {
    let numbers = result.row(place)
    let error = error(of: x, row: row)
    let few = 8
    withUnsafeTemporaryAllocation(of: Float.self, capacity: few) { values in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: few) { cells in
        let count = Int(
          fl_best_cells(
            values.baseAddress, cells.baseAddress, numbers, Int64(outputs), Int64(few), excluded,
            Int64(excluded.count)))
        let least = count > 0 ? Double(values[0]) - 2 * error : .nan
        let isListed = least.isFinite && (count < few || Double(values[count - 1]) < least)
        let panels =
          isListed
          ? Set((0..<count).filter { Double(values[$0]) >= least }.map { Int(cells[$0]) / 32 })
          : Set((0..<outputs).filter { !(Double(numbers[$0]) < least) }.map { $0 / 32 })
        for panel in panels { exact.compute(panel: panel, of: x, row: row, into: numbers) }
      }
    }
  }

  /// How far the sketch of any output of a row may be from the output; not a finite number where
  /// nothing is known.
  private func error(of x: RowBuffer, row: Int) -> Double {
    let (start, width) = (x.row(row), x.columns)
    let length = fl_sum_squares(start, Int64(width)).squareRoot()
    var most: Float = 0
    for i in 0..<width { most = max(most, abs(start[i])) }
    // Whole numbers of -127...127 are half of one away at most.
    let move = Double(most) / 254 * Double(width).squareRoot()
    // Both sums are rounded too.
    let sums = Double(width + 8) * Double(Float.ulpOfOne) * (norm + rounding) * (length + move)
    return 1.001 * (rounding * length + norm * move + sums)
  }
}

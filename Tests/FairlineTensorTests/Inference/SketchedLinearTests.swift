import FairlineTensor
import Testing

/// The greatest output found by a sketch is the one that the whole product finds, to the last bit.
@Suite struct SketchedLinearTests {
  /// Outputs of some kind, and how far apart they are.
  enum Outputs: CaseIterable {
    /// Of random size: few may be the greatest.
    case spread
    /// Nearly alike: all may be the greatest.
    case crowded
    /// Several are the same.
    case tied
    /// All are zero.
    case zero
    /// One is infinite, one is not a number.
    case broken
  }

  private func weight(_ kind: Outputs, outputs: Int, inputs: Int) -> Tensor {
    let random = Tensor.normal([outputs, inputs], key: 5, stream: UInt64(outputs)).scalars
    var values = random
    for output in 0..<outputs {
      for i in output * inputs..<(output + 1) * inputs {
        switch kind {
        case .spread: values[i] *= Float(1 + output % 7) / 7
        case .crowded: values[i] = 1 + 1e-5 * random[i]
        case .tied: values[i] = random[(output / 3 % 5) * inputs + i - output * inputs]
        case .zero: values[i] = 0
        case .broken:
          if i == 2 * inputs { values[i] = .infinity }
          if i == 3 * inputs { values[i] = .nan }
        }
      }
    }
    return Tensor(values, shape: [outputs, inputs])
  }

  @Test(arguments: Outputs.allCases, [(5, 16), (33, 50), (700, 256)])
  func findsTheGreatestOutput(_ kind: Outputs, _ shape: (outputs: Int, inputs: Int)) {
    let (outputs, inputs) = shape
    let weight = weight(kind, outputs: outputs, inputs: inputs)
    let exact = InferenceLinear(weight: weight, bias: nil)
    let sketch = SketchedLinear(weight, exact: exact)
    let rows = 20
    let x = RowBuffer(columns: inputs, capacity: rows)
    var states = Tensor.normal([rows, inputs], key: 6, stream: 1).scalars
    for i in 0..<inputs { states[i] = 0 }  // nothing in the first row
    states[inputs] = .nan
    states[2 * inputs + 1] = .infinity
    for i in 3 * inputs..<4 * inputs { states[i] *= 1e-20 }
    for i in 4 * inputs..<5 * inputs { states[i] *= 1e20 }
    x.copy(Tensor(states, shape: [rows, inputs]))
    let whole = RowBuffer(columns: outputs, capacity: rows)
    exact(x, rows: rows, into: whole)
    let sketched = RowBuffer(columns: outputs, capacity: rows - 1)
    sketch(x, from: 1, rows: rows - 1, into: sketched)
    for row in 1..<rows {
      let logits = whole.tensor(rows: rows).sliced(row..<(row + 1)).scalars
      let order = best(of: logits, excluding: [])
      for excluded in [[], [order ?? 0], [0, 1, Int32(outputs - 1)]] {
        sketch.sharpen(x, row: row, sketched, row: row - 1, excluding: excluded)
        let found = sketched.tensor(rows: rows - 1).sliced((row - 1)..<row).scalars
        let wanted = best(of: logits, excluding: excluded)
        #expect(best(of: found, excluding: excluded) == wanted, "row \(row)")
        if let wanted { #expect(found[Int(wanted)] == logits[Int(wanted)]) }
      }
    }
  }

  private func best(of row: [Float], excluding excluded: [Int32]) -> Int32? {
    var value: [Float] = [0]
    var cell: [Int32] = [0]
    let count = row.withUnsafeBufferPointer { row in
      value.withUnsafeMutableBufferPointer { value in
        cell.withUnsafeMutableBufferPointer {
          RowSearch.best(of: row, excluding: excluded, values: value, cells: $0)
        }
      }
    }
    return count > 0 ? cell[0] : nil
  }
}

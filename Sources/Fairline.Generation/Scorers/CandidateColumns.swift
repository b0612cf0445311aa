import Fairline
import FairlineTensor

extension Tensor {
  /// A matrix of this shape whose rows are computed of their sentence's candidates alone, as if
  /// there were no other columns; those are minus infinity.
  ///
  /// So what is found for a sentence does not depend on the candidates of others beside it.
  ///
  /// - Parameters:
  ///   - all: matrices of this shape. `[row, column]`
  ///   - candidates: those of each row; rows of a sentence lie side by side.
  ///   - compute: of the candidates' columns of all matrices in some rows. `[row, candidate]`
  /// - Returns: `[row, column]`
  func combining(
    _ all: [Tensor], over candidates: [CandidateSymbols?],
    _ compute: ([Tensor], Range<Int>) -> Tensor
  ) -> Tensor {
    let columns = shape.columns
    var result = [Float](repeating: -.infinity, count: count)
    var first = 0
    while first < candidates.count {
      guard let found = candidates[first] else {
        preconditionFailure("row \(first) has no candidates, and others have")
      }
      let last =
        candidates[first...].firstIndex { $0?.columns != found.columns } ?? candidates.count
      let rows = first..<last
      let computed = compute(all.map { $0.gathering(found.columns, of: rows) }, rows)
      computed.withScalars { scalars in
        for row in rows {
          for (place, column) in found.columns.enumerated() {
            result[row * columns + Int(column)] =
              scalars[(row - first) * found.columns.count + place]
          }
        }
      }
      first = last
    }
    return Tensor(result, shape: shape)
  }

  /// Some columns of some rows. `[row, chosen]`
  func gathering(_ chosen: [Int32], of rows: Range<Int>) -> Tensor {
    let columns = shape.columns
    let numbers = withScalars { scalars in
      rows.flatMap { row in chosen.map { scalars[row * columns + Int($0)] } }
    }
    return Tensor(numbers, shape: [rows.count, chosen.count])
  }
}

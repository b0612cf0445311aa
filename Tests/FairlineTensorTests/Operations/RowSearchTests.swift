import FairlineTensor
import Foundation
import Testing

@Suite struct RowSearchTests {
  private func best(_ row: [Float], _ count: Int, without excluded: [Int32] = []) -> [Int32] {
    var values = [Float](repeating: 0, count: count)
    var cells = [Int32](repeating: -1, count: count)
    let found = row.withUnsafeBufferPointer { row in
      values.withUnsafeMutableBufferPointer { values in
        cells.withUnsafeMutableBufferPointer { cells in
          RowSearch.best(of: row, excluding: excluded, values: values, cells: cells)
        }
      }
    }
    for place in 0..<found { #expect(values[place] == row[Int(cells[place])]) }
    return Array(cells.prefix(found))
  }

  @Test(arguments: [1, 15, 64, 200, 7792], [1, 2, 10, 70])
  func findsWhatSortingFinds(_ size: Int, _ count: Int) {
    // Few different numbers, so that there are many ties.
    let row = Tensor.uniform([size], key: 7, stream: UInt64(size)).scalars
      .map { ($0 * 500).rounded() }
    let order = row.indices.sorted { (row[$0], $1) > (row[$1], $0) }.map { Int32($0) }
    #expect(best(row, count) == Array(order.prefix(count)))
    let excluded = Array(Set(order.prefix(5) + [0, Int32(size - 1)])).sorted()
    let rest = order.filter { !excluded.contains($0) }
    #expect(best(row, count, without: excluded) == Array(rest.prefix(count)))
  }

  @Test func numbersThatAreNoneAreNotFound() {
    #expect(best([.nan, 1, .nan, 3], 4) == [3, 1])
    #expect(best([.nan, .nan], 1).isEmpty)
    #expect(best([2, 1], 1, without: [0, 1]).isEmpty)
  }

  @Test(arguments: [1, 16, 33, 5000] as [Int], [1, 0.4] as [Float])
  func logSumsAreThoseOfDoublePrecision(_ size: Int, _ scale: Float) {
    let row = Tensor.normal([size], mean: 3, deviation: 6, key: 1, stream: 2).scalars
    row.withUnsafeBufferPointer { buffer in
      let most = RowSearch.maximum(of: buffer)
      #expect(most == row.max())
      let sum = row.reduce(0.0) { $0 + exp(Double($1 - most) * Double(scale)) }
      let found = RowSearch.logSum(of: buffer, above: most, scale: scale)
      #expect(abs(Double(found) - log(sum)) < 1e-5)
    }
  }

  @Test func meansOfProbabilitiesAreTakenInLogarithms() {
    let all = (0..<3).map { Tensor.normal([4, 37], deviation: 30, key: 5, stream: UInt64($0)) }
    let found = Tensor.logMeanExp(all).scalars
    for place in found.indices {
      let mean = all.reduce(0.0) { $0 + exp(Double($1.scalars[place])) } / 3
      #expect(abs(Double(found[place]) - log(mean)) < 1e-5 * max(1, abs(log(mean))))
    }
    let none = Tensor([-.infinity, 0] as [Float])
    #expect(Tensor.logMeanExp([none, none]).scalars[0] == -.infinity)
  }
}

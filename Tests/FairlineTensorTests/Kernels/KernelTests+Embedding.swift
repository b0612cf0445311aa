import CFairlineKernels
import Testing

extension KernelTests {
  @Test func embedding() {
    Self.atEveryLevel { level in
      for cols in [1, 7, 16, 33, 64, 130] {
        let (table, positions) = (numbers(9 * cols), numbers(6 * cols, seed: 2))
        let ids: [Int32] = [3, 0, 8, 3, 5]
        let places: [Int32] = [0, 1, 2, 0, 5]
        for placed in [false, true] {
          let found = written(5 * cols) {
            fl_embed(
              $0, table, ids, placed ? positions : nil, placed ? places : nil, 5, Int64(cols), 2.5)
          }
          let expected = (0..<5 * cols).map { i in
            let place = Double(positions[Int(places[i / cols]) * cols + i % cols])
            return 2.5 * Double(table[Int(ids[i / cols]) * cols + i % cols]) + (placed ? place : 0)
          }
          expectClose(found, expected, "\(cols) columns at \(level)")
        }
      }
    }
  }

  @Test func gradientOfEmbedding() {
    Self.atEveryLevel { level in
      for cols in [1, 7, 16, 33, 130] {
        let ids: [Int32] = [3, 0, 8, 3, 1, 3]
        let (dy, before) = (numbers(6 * cols), numbers(9 * cols, seed: 2))
        for (skip, range) in [(-1, 0..<cols), (1, 0..<cols), (3, cols / 3..<cols - cols / 4)] {
          let found = written(9 * cols, from: before) {
            fl_embed_grad(
              $0, dy, ids, 6, Int64(cols), Int64(range.lowerBound), Int64(range.upperBound), 0.5,
              Int32(skip))
          }
          var expected = before.doubles
          for (token, id) in ids.enumerated() where Int(id) != skip {
            for c in range { expected[Int(id) * cols + c] += 0.5 * Double(dy[token * cols + c]) }
          }
          expectClose(found, expected, "\(cols) columns without \(skip) at \(level)")
        }
      }
    }
  }
}

import CFairlineKernels
import Testing

extension KernelTests {
  @Test func theLargestElementsInOrder() {
    Self.atEveryLevel { level in
      for count in [1, 5, 16, 63, 64, 65, 200, 5000] {
        let smooth = numbers(count)
        let tied = smooth.map { ($0 * 2).rounded() }
        let masked = smooth.map { $0 < 2 ? -Float.infinity : $0 }
        for x in [smooth, tied, masked, smooth.sorted(), smooth.sorted(by: >)] {
          let order = x.indices.sorted { x[$0] != x[$1] ? x[$0] > x[$1] : $0 < $1 }
          for k in [1, 2, 5, 10, 64, count] where k <= count {
            var indices = [Int32](repeating: -7, count: k)
            let values = written(k) {
              _ = fl_best_cells($0, &indices, x, Int64(count), Int64(k), nil, 0)
            }
            #expect(indices == order[..<k].map(Int32.init), "\(k) of \(count) at \(level)")
            #expect(values == order[..<k].map { x[$0] }, "\(k) of \(count) at \(level)")
          }
        }
      }
    }
  }
}

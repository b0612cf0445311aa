import CFairlineKernels
import Foundation
import Testing

extension KernelTests {
  @Test func stepAttentionEqualsTheDefinition() {
    for (heads, size) in [(1, 16), (4, 64), (2, 48), (3, 5), (8, 64), (2, 20)] {
      for keys in [1, 2, 4, 5, 8, 13, 37] {
        let step = Step(heads: heads, size: size, keys: keys)
        let expected = step.expected()
        Self.atEveryLevel { level in
          let together = step.run(0..<3)
          expectClose(together, expected, within: 3e-6, "\(level) \(heads) \(size) \(keys)")
          let alone = (0..<3).flatMap { step.run($0..<($0 + 1)) }
          #expect(alone == together, "\(level): a query depends on the others")
        }
      }
    }
  }
}

/// Three queries over a cache of 50 rows, with lists that agree in part.
private struct Step {
  let heads, size, keys: Int
  let cache, queries: [Float]
  let rows: [Int32]
  private var channels: Int { heads * size }

  init(heads: Int, size: Int, keys: Int) {
    (self.heads, self.size, self.keys) = (heads, size, keys)
    cache = numbers(50 * 2 * heads * size, seed: 3)
    queries = numbers(3 * (heads * size + 7), in: -1...1, seed: 4)
    var rows: [Int32] = []
    for query in 0..<3 {
      for place in 0..<40 {
        let own = place % 3 == 0 ? query : 0
        rows.append(Int32((place * 7 + own) % 50))
      }
    }
    self.rows = rows
  }

  func run(_ chosen: Range<Int>) -> [Float] {
    var weights = [Float](repeating: 0, count: 3 * heads * keys)
    return written(chosen.count * channels) { out in
      cache.withUnsafeBufferPointer { cache in
        var plan = fl_step(
          queries: Int64(chosen.count), keys: Int64(keys), heads: Int64(heads),
          head_dim: Int64(size), ldq: Int64(channels + 7), ldo: Int64(channels), ldr: 40,
          cache: cache.baseAddress, ld: Int64(2 * channels), value: Int64(channels), scale: 0.3)
        fl_step_attention(
          &plan, out, &weights, Array(queries[(chosen.lowerBound * (channels + 7))...]),
          Array(rows[(chosen.lowerBound * 40)...]))
      }
    }
  }

  func expected() -> [Double] {
    var result: [Double] = []
    for query in 0..<3 {
      for head in 0..<heads { result += expected(query, head) }
    }
    return result
  }

  private func expected(_ query: Int, _ head: Int) -> [Double] {
    let list = rows[(query * 40)..<(query * 40 + keys)].map { Int($0) * 2 * channels + head * size }
    let q = query * (channels + 7) + head * size
    var powers: [Double] = []
    for row in list {
      var score = 0.0
      for i in 0..<size { score += Double(queries[q + i]) * Double(cache[row + i]) }
      powers.append(exp(score * 0.3))
    }
    let sum = powers.reduce(0, +)
    return (0..<size).map { channel in
      var value = 0.0
      for (row, power) in zip(list, powers) {
        value += power / sum * Double(cache[row + channels + channel])
      }
      return value
    }
  }
}

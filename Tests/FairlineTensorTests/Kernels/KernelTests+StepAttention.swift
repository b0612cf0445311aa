import CFairlineKernels
import Foundation
import Testing

extension KernelTests {
  @Test func stepAttentionEqualsTheDefinition() {
    for (heads, size) in [
      (1, 16), (4, 64), (2, 48), (3, 5), (8, 64), (2, 20), (5, 32), (3, 128),
    ] {
      for keys in [1, 2, 4, 5, 8, 13, 16, 17, 37] {
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

  /// Keys and values in float16: the result is that of the rounded numbers.
  @Test func stepAttentionReadsHalves() {
    for (heads, size) in [(4, 64), (3, 5), (2, 20), (3, 32), (1, 128), (5, 64), (9, 32)] {
      for keys in [1, 5, 37] {
        let step = Step(heads: heads, size: size, keys: keys, isHalf: true)
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

  @Test func roundingToHalvesIsToNearestEven() {
    var values: [Float] = [0, -0.0, 65504, -65519, 1e9, -.infinity, 6e-8, 2.9e-8, 0x1p-25, 3e-5]
    values += numbers(2000, in: -2...2, seed: 1) + numbers(999, in: -1e-4...1e-4, seed: 2)
    // Half of the distance between neighbours: ties.
    values += (0..<64).map { Float(2048 + 2 * $0 + 1) }
    let expected = values.map { Float16(max(-65504, min(65504, $0))).bitPattern }
    Self.atEveryLevel { level in
      var found = [UInt16](repeating: 0, count: values.count)
      fl_to_half(&found, values, Int64(values.count))
      #expect(found == expected, "\(level)")
    }
  }
}

/// Three queries over a cache of 50 rows, with lists that agree in part.
private struct Step {
  let heads, size, keys: Int
  let isHalf: Bool
  let cache, queries: [Float]
  let rows: [Int32]
  private var channels: Int { heads * size }

  init(heads: Int, size: Int, keys: Int, isHalf: Bool = false) {
    (self.heads, self.size, self.keys, self.isHalf) = (heads, size, keys, isHalf)
    cache = numbers(50 * 2 * heads * size, seed: 3).map { isHalf ? Float(Float16($0)) : $0 }
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
    let halves = cache.map { Float16($0) }
    return written(chosen.count * channels) { out in
      let run = { (cache: UnsafeRawBufferPointer) in
        var plan = fl_step(
          queries: Int64(chosen.count), keys: Int64(keys), heads: Int64(heads),
          head_dim: Int64(size), ldq: Int64(channels + 7), ldo: Int64(channels), ldr: 40,
          cache: cache.baseAddress, ld: Int64(2 * channels), value: Int64(channels), scale: 0.3,
          half: isHalf, next: nil, next_queries: Int64(chosen.count),
          next_keys: Int64(chosen.lowerBound * 10))
        rows.withUnsafeBufferPointer { rows in
          plan.next = rows.baseAddress
          fl_step_attention(
            &plan, out, &weights, Array(queries[(chosen.lowerBound * (channels + 7))...]),
            rows.baseAddress! + chosen.lowerBound * 40)
        }
      }
      if isHalf { halves.withUnsafeBytes(run) } else { cache.withUnsafeBytes(run) }
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

import CFairlineKernels
import Testing

extension KernelTests {
  @Test func adam() {
    Self.atEveryLevel { level in
      for count in Self.counts {
        let (p, m, g) = (numbers(count), numbers(count, seed: 2), numbers(count, seed: 3))
        let v = numbers(count, in: 0...2, seed: 4)
        var (foundM, foundV) = (m, v)
        let found = written(count, from: p) {
          fl_adam($0, &foundM, &foundV, g, Int64(count), 0.5, 0.1, 0.25, 0.875, 0.9375, 1e-3, 0.2)
        }
        let grads = g.map { 0.5 * Double($0) }
        let first = (0..<count).map { 0.875 * Double(m[$0]) + 0.125 * grads[$0] }
        let second = (0..<count).map { 0.9375 * Double(v[$0]) + 0.0625 * grads[$0] * grads[$0] }
        expectClose(foundM, first, "first moment at \(level)")
        expectClose(foundV, second, "second moment at \(level)")
        let expected = (0..<count).map {
          Double(p[$0]) * (1 - 0.02) - 0.25 * first[$0] / (second[$0].squareRoot() + 1e-3)
        }
        expectClose(found, expected, within: 5e-6, "adam of \(count) at \(level)")
      }
    }
  }

  @Test func stochasticGradientDescent() {
    Self.atEveryLevel { level in
      for count in Self.counts {
        let (p, b, g) = (numbers(count), numbers(count, seed: 2), numbers(count, seed: 3))
        let total = (0..<count).map { 0.5 * Double(g[$0]) + 0.25 * Double(p[$0]) }
        for first in [false, true] {
          var buffer = b
          let found = written(count, from: p) {
            fl_sgd($0, &buffer, g, Int64(count), 0.5, 0.125, 0.75, 0.25, first)
          }
          let velocity = (0..<count).map { total[$0] + (first ? 0 : 0.75 * Double(b[$0])) }
          expectClose(buffer, velocity, "velocity at \(level)")
          expectClose(
            found, (0..<count).map { Double(p[$0]) - 0.125 * velocity[$0] }, "momentum at \(level)")
        }
        let plain = written(count, from: p) {
          fl_sgd($0, nil, g, Int64(count), 0.5, 0.125, 0, 0.25, false)
        }
        expectClose(
          plain, (0..<count).map { Double(p[$0]) - 0.125 * total[$0] }, "no momentum at \(level)")
      }
    }
  }
}

import FairlineODE
import Foundation

struct Linear<Element: Number>: Problem {
  let a: [Element]
  var names: [String] { ["A"] }
  var parameters: [[Element]] { [a] }
  func value(_ t: Element, _ y: [Element]) -> [Element] {
    let n = y.count
    return (0..<n).map { i in (0..<n).reduce(0) { $0 + a[i * n + $1] * y[$1] } }
  }
  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element {
    let n = y.count
    for i in 0..<n {
      for j in 0..<n {
        dy[j] += a[i * n + j] * v[i]
        dp[0][i * n + j] += v[i] * y[j]
      }
    }
    return 0
  }
}

/// Rows times a matrix, after a cube.
struct Spiral<Element: Number>: Problem {
  let a: [Element]
  var names: [String] { ["A"] }
  var parameters: [[Element]] { [a] }
  private var n: Int { Int(Double(a.count).squareRoot()) }
  func value(_ t: Element, _ y: [Element]) -> [Element] {
    let n = self.n
    return y.indices.map { i in
      let (row, column) = (i / n * n, i % n)
      return (0..<n).reduce(0) {
        $0 + y[row + $1] * y[row + $1] * y[row + $1] * a[$1 * n + column]
      }
    }
  }
  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element {
    let n = self.n
    for i in y.indices {
      let (row, column) = (i / n * n, i % n)
      for k in 0..<n {
        let x = y[row + k]
        dy[row + k] += v[i] * 3 * x * x * a[k * n + column]
        dp[0][k * n + column] += v[i] * x * x * x
      }
    }
    return 0
  }
}

struct VanDerPol<Element: Number>: Problem {
  let mu: Element
  func value(_ t: Element, _ y: [Element]) -> [Element] {
    stride(from: 0, to: y.count, by: 2).flatMap { i -> [Element] in
      let (x, v) = (y[i], y[i + 1])
      return [v, mu * (1 - x * x) * v - x]
    }
  }
  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element {
    for i in stride(from: 0, to: y.count, by: 2) {
      let (x, w) = (y[i], y[i + 1])
      dy[i] += v[i + 1] * (-2 * mu * x * w - 1)
      dy[i + 1] += v[i] + v[i + 1] * mu * (1 - x * x)
    }
    return 0
  }
}

struct LotkaVolterra<Element: Number>: Problem {
  let a: Element
  let b: Element
  let c: Element
  let d: Element
  func value(_ t: Element, _ y: [Element]) -> [Element] {
    stride(from: 0, to: y.count, by: 2).flatMap { i -> [Element] in
      let (x, z) = (y[i], y[i + 1])
      return [a * x - b * x * z, d * x * z - c * z]
    }
  }
  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element {
    for i in stride(from: 0, to: y.count, by: 2) {
      let (x, z) = (y[i], y[i + 1])
      dy[i] += v[i] * (a - b * z) + v[i + 1] * d * z
      dy[i + 1] += -v[i] * b * x + v[i + 1] * (d * x - c)
    }
    return 0
  }
}

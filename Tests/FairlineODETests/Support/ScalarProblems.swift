import FairlineODE
import Foundation

struct Exponential<Element: Number>: Problem {
  let a: [Element]
  var names: [String] { ["a"] }
  var parameters: [[Element]] { [a] }
  func value(_ t: Element, _ y: [Element]) -> [Element] {
    y.indices.map { a[$0 % a.count] * y[$0] }
  }
  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element {
    for i in y.indices {
      dy[i] += a[i % a.count] * v[i]
      dp[0][i % a.count] += y[i] * v[i]
    }
    return 0
  }
}

struct Constant<Element: Number>: Problem {
  let a: Element
  let b: Element
  func value(_ t: Element, _ y: [Element]) -> [Element] {
    y.map { a + integerPower($0 - (a * t + b), 5) }
  }
  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element {
    var dt: Element = 0
    for i in y.indices {
      let slope = 5 * integerPower(y[i] - (a * t + b), 4)
      dy[i] += v[i] * slope
      dt -= v[i] * slope * a
    }
    return dt
  }
}

struct Sine<Element: Number>: Problem {
  func value(_ t: Element, _ y: [Element]) -> [Element] {
    y.map {
      2 * $0 / t + integerPower(t, 4) * sine(2 * t) - t * t + 4 * integerPower(t, 3)
    }
  }
  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element {
    var dt: Element = 0
    for i in y.indices {
      dy[i] += v[i] * 2 / t
      let cube: Element = integerPower(t, 3)
      var slope: Element = -2 * y[i] / (t * t) + 4 * cube * sine(2 * t)
      slope += 2 * cube * t * cosine(2 * t) - 2 * t + 12 * t * t
      dt += v[i] * slope
    }
    return dt
  }
}

struct TimeExponential<Element: Number>: Problem {
  let k: Element
  func value(_ t: Element, _ y: [Element]) -> [Element] {
    Array(repeating: k * exponential(k * t), count: y.count)
  }
  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element {
    v.reduce(0) { $0 + $1 * k * k * exponential(k * t) }
  }
}

struct Jump<Element: Number>: Problem {
  let tc: Element
  let a: Element
  let b: Element
  func value(_ t: Element, _ y: [Element]) -> [Element] {
    y.map { t < tc ? a * $0 : b * $0 * $0 }
  }
  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element {
    for i in y.indices { dy[i] += v[i] * (t < tc ? a : 2 * b * y[i]) }
    return 0
  }
}

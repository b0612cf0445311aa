import FairlineODE
import Foundation

/// A network with one hidden layer, row by row.
struct Network<Element: Number>: Problem {
  let isSoftplus: Bool
  let hasTime: Bool
  let hidden: Int
  let width: Int
  let w1: [Element]
  let b1: [Element]
  let w2: [Element]
  let b2: [Element]

  init(_ json: JSON) {
    func numbers(_ key: String) -> [Element] { json.data(key).map { Element($0) } }
    isSoftplus = json["act"]?.string == "softplus"
    hasTime = json["time"]?.bool ?? false
    (w1, b1, w2, b2) = (numbers("W1"), numbers("b1"), numbers("W2"), numbers("b2"))
    hidden = b1.count
    width = b2.count
  }

  var names: [String] { ["W1", "b1", "W2", "b2"] }
  var parameters: [[Element]] { [w1, b1, w2, b2] }
  private var inputWidth: Int { hasTime ? width + 1 : width }

  private func activation(_ x: Element) -> Element {
    let z = Double(x)
    guard isSoftplus else { return Element(tanh(z)) }
    return Element(z > 20 ? z : log1p(exp(z)))
  }

  private func activationSlope(_ x: Element) -> Element {
    let z = Double(x)
    guard isSoftplus else {
      let value = tanh(z)
      return Element(1 - value * value)
    }
    return z > 20 ? 1 : Element(1 / (1 + exp(-z)))
  }

  private func input(_ t: Element, _ y: [Element], _ row: Int) -> [Element] {
    (hasTime ? [t] : []) + y[row * width..<(row + 1) * width]
  }

  private func layer(_ x: [Element]) -> [Element] {
    (0..<hidden).map { j in
      x.indices.reduce(b1[j]) { $0 + x[$1] * w1[j * x.count + $1] }
    }
  }

  func value(_ t: Element, _ y: [Element]) -> [Element] {
    (0..<y.count / width).flatMap { row -> [Element] in
      let h = layer(input(t, y, row)).map(activation)
      return (0..<width).map { i in
        (0..<hidden).reduce(b2[i]) { $0 + h[$1] * w2[i * hidden + $1] }
      }
    }
  }

  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element {
    var dt: Element = 0
    for row in 0..<y.count / width {
      let x = input(t, y, row)
      let z = layer(x)
      for j in 0..<hidden {
        var back: Element = 0
        let h = activation(z[j])
        for i in 0..<width {
          let weight = v[row * width + i]
          back += weight * w2[i * hidden + j]
          dp[2][i * hidden + j] += weight * h
        }
        back *= activationSlope(z[j])
        dp[1][j] += back
        for k in 0..<inputWidth {
          dp[0][j * inputWidth + k] += back * x[k]
          let gradient = back * w1[j * inputWidth + k]
          if hasTime && k == 0 {
            dt += gradient
          } else {
            dy[row * width + k - (hasTime ? 1 : 0)] += gradient
          }
        }
      }
      for i in 0..<width { dp[3][i] += v[row * width + i] }
    }
    return dt
  }
}

/// Gradients by the times of the slopes that a polynomial goes through.
///
/// A state is `y0 + h * (integral of P from 0 to x)`, where `P` goes through slopes at nodes.
/// Moving a node by a small time is the same, to first order, as moving the slope there against the
/// slope of `P`; moving the end of the integral adds `P` there.
struct NodeTimes {
  /// By the time at which the integral ends.
  var end = 0.0
  /// By the start of the step.
  var start = 0.0
  /// By the end of the step, where a slope lies there.
  var stepEnd = 0.0
  /// By the starts of the steps before, the last one first.
  var past: [Double] = []

  /// - Parameters:
  ///   - nodes: where the slopes lie, as fractions of the step: its end, or its start, first; then
  ///     earlier starts.
  ///   - weights: the integrals of the polynomials that are 1 at one node.
  ///   - x: the end of the integral.
  ///   - products: the inner product of each slope with the gradient of the state.
  init(nodes: [Double], weights: [Double], upTo x: Double, products: [Double]) {
    let basis = Polynomial.lagrange(nodes)
    func value(_ x: Double) -> Double { zip(basis, products).reduce(0) { $0 + $1.0(x) * $1.1 } }
    func slope(_ x: Double) -> Double {
      zip(basis, products).reduce(0) { $0 + $1.0.derivative(x) * $1.1 }
    }
    end = value(x)
    start = -value(0)
    for (node, weight) in zip(nodes, weights) {
      let part = -weight * slope(node)
      if node == 1 {
        stepEnd += part
      } else if node == 0 {
        start += part
      } else {
        past.append(part)
      }
    }
  }
}

extension Polynomial {
  /// The derivative.
  fileprivate var derivative: Polynomial {
    Polynomial(coefficients.enumerated().dropFirst().map { Double($0) * $1 })
  }
}

/// A polynomial in one variable, by ascending powers.
struct Polynomial: Sendable {
  var coefficients: [Double]

  init(_ coefficients: [Double]) { self.coefficients = coefficients }

  /// The product of `(x - root)` over some roots.
  init(roots: [Double]) {
    coefficients = [1]
    for root in roots {
      var next = [0] + coefficients
      for i in coefficients.indices { next[i] -= root * coefficients[i] }
      coefficients = next
    }
  }

  func callAsFunction(_ x: Double) -> Double {
    coefficients.reversed().reduce(0) { $0 * x + $1 }
  }

  /// The integral from zero.
  var integral: Polynomial {
    Polynomial([0] + coefficients.enumerated().map { $1 / Double($0 + 1) })
  }

  /// Those that are 1 at one of the nodes and 0 at all others (Lagrange).
  static func lagrange(_ nodes: [Double]) -> [Polynomial] {
    nodes.indices.map { index in
      var others = nodes
      let node = others.remove(at: index)
      let product = Polynomial(roots: others)
      return product * (1 / product(node))
    }
  }

  static func * (p: Polynomial, factor: Double) -> Polynomial {
    Polynomial(p.coefficients.map { $0 * factor })
  }

  static func + (p: Polynomial, q: Polynomial) -> Polynomial {
    var sum = p.coefficients
    for (i, c) in q.coefficients.enumerated() {
      if i < sum.count { sum[i] += c } else { sum.append(c) }
    }
    return Polynomial(sum)
  }
}

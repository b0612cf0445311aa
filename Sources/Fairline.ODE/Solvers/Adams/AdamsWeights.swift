/// The weights of Adams methods: a step is the integral of the polynomial through known slopes.
enum AdamsWeights {
  /// Weights of the last `count` slopes, newest first, at equal steps.
  ///
  /// Adams-Bashforth methods: Hairer, Nørsett & Wanner, III.1, equation (1.5).
  static func bashforth(_ count: Int) -> [Double] {
    var gamma = [1.0]
    for j in 1..<max(count, 1) {
      gamma.append((1...j).reduce(1) { $0 - gamma[j - $1] / Double($1 + 1) })
    }
    return weights(of: gamma)
  }

  /// Weights of the slope at the end and of the `count - 1` last ones, newest first, at equal
  /// steps.
  ///
  /// Adams-Moulton methods: Hairer, Nørsett & Wanner, III.1, equation (1.9).
  static func moulton(_ count: Int) -> [Double] {
    var gamma = [1.0]
    for j in 1..<max(count, 1) {
      gamma.append((1...j).reduce(0) { $0 - gamma[j - $1] / Double($1 + 1) })
    }
    return weights(of: gamma)
  }

  /// From coefficients of backward differences to weights of slopes.
  private static func weights(of gamma: [Double]) -> [Double] {
    gamma.indices.map { i in
      var binomial = 1.0
      var sum = 0.0
      for j in i..<gamma.count {
        sum += binomial * gamma[j]
        binomial *= Double(j + 1) / Double(j + 1 - i)
      }
      return i.isMultiple(of: 2) ? sum : -sum
    }
  }

  /// Weights of slopes at any nodes: the integral from 0 to 1 of the polynomial through them.
  ///
  /// - Parameter nodes: the times of the slopes, as fractions of the step from its start.
  static func weights(nodes: [Double]) -> [Double] {
    Polynomial.lagrange(nodes).map { $0.integral(1) }
  }

  /// The integral from 0 to `x` of the polynomial through slopes at any nodes.
  static func dense(picks: [Int], nodes: [Double]) -> DensePolynomial {
    DensePolynomial(
      picks: picks,
      coefficients: Polynomial.lagrange(nodes).map { Array($0.integral.coefficients.dropFirst()) },
      nodes: nodes)
  }
}

import FairlineODE
import FairlineTensor

/// Terms of the loss that keep a field easy to solve.
enum NodePenalty {
  /// A state with one more channel, which will hold the kinetic energy.
  ///
  /// - Parameter state: `[token, channel]`
  /// - Returns: `[token, channel + 1]`
  static func widened(_ state: Tensor) -> Tensor {
    Tensor.concatenated([state, Tensor.zeros([state.shape[0], 1])], along: 1)
  }

  /// A slope with that of the kinetic energy, the mean over channels of its square (Finlay and
  /// others 2020).
  ///
  /// - Parameter slope: `[token, channel]`
  /// - Returns: `[token, channel + 1]`
  static func withEnergy(_ slope: Tensor) -> Tensor {
    let energy = slope.squared().mean(along: 1, keepingAxis: true)
    return Tensor.concatenated([slope, energy], along: 1)
  }

  /// The estimated error of one step from a given state, with gradients by the field's parameters
  /// (Pal and others 2023).
  ///
  /// - Parameters:
  ///   - solver: the method, whose embedded pair is used; Heun's and Euler's where it has none.
  ///   - state: `[token, channel]`
  ///   - field: the derivative at a time and state. `[token, channel]`
  /// - Returns: `[token, channel]`
  static func stepError(
    solver: any Solver, from state: Tensor, at time: Double, step: Double,
    field: (_ time: Double, _ state: Tensor) -> Tensor
  ) -> Tensor {
    var tableau = RungeKutta.adaptiveHeun.tableau
    if let method = solver as? RungeKutta, method.tableau.errorWeights != nil {
      tableau = method.tableau
    }
    let weights = tableau.errorWeights ?? []
    var slopes: [Tensor] = []
    for (stage, node) in tableau.nodes.enumerated() {
      let row = stage == 0 ? [] : tableau.rows[stage - 1]
      let place = sum([state] + slopes, [1] + row.map { $0 * step })
      slopes.append(field(time + node * step, place))
    }
    return sum(slopes, weights.map { $0 * step })
  }

  private static func sum(_ terms: [Tensor], _ weights: [Double]) -> Tensor {
    var result: Tensor?
    for (term, weight) in zip(terms, weights) where weight != 0 {
      let part = weight == 1 ? term : term * Float(weight)
      result = result.map { $0 + part } ?? part
    }
    return result ?? Tensor.zeros(terms[0].shape)
  }
}

public import Fairline
import FairlineODE

extension NodeTransformer {
  /// The audit of the step size: half and double the steps of evaluation, and a tight adaptive
  /// solve.
  ///
  /// A model whose loss changes with them has learned its grid, not a differential equation (Ott
  /// and others 2021).
  public var variants: [ModelVariant] {
    configuration.node.audit(of: schemes.evaluation).map { name, scheme in
      ModelVariant(name, scheme.map { NodeTransformer(self, evaluation: $0) } ?? self)
    }
  }

  /// Yes where every solve takes the same steps whatever its batch, and nothing is drawn or summed
  /// for a batch as a whole.
  public var computesSentencesApart: Bool { configuration.node.solvesApart(schemes.training) }
}

extension NodeSettings {
  /// The ways to solve that an audit compares, by name; nil for that of evaluation itself.
  func audit(of evaluation: SolveScheme) -> [(name: String, scheme: SolveScheme?)] {
    guard nodeAudit, nodeEncoder || nodeDecoder else { return [] }
    var all: [(name: String, scheme: SolveScheme?)] = []
    if let steps = evaluation.steps {
      let pieces = nodeWeightPieces
      var counts = [max(steps / 2, pieces), steps, 2 * steps].filter { $0 % pieces == 0 }
      if counts.count > 1, counts[0] == counts[1] { counts.removeFirst() }
      for count in counts {
        var scheme = evaluation
        scheme.steps = count
        all.append(("(\(evaluation.solver.name) x \(count))", scheme))
      }
    } else {
      all.append(("(\(evaluation.solver.name))", nil))
    }
    var tight = evaluation
    tight.solver = RungeKutta.dopri5
    tight.steps = nil
    tight.relative = 1e-5
    tight.absolute = 1e-5
    tight.maxEvaluations = .max
    all.append(("(dopri5 1e-5)", tight))
    return all
  }

  /// Whether every solve takes the same steps whatever its batch, and nothing is drawn or summed
  /// for a batch as a whole.
  func solvesApart(_ training: SolveScheme) -> Bool {
    guard nodeEncoder || nodeDecoder else { return true }
    return training.isRegular && nodeOnLimit == .coast && nodeKineticWeight == 0
      && nodeErrorWeight == 0 && nodeRandomEnd == 0
  }
}

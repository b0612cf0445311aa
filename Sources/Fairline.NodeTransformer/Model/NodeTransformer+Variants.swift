public import Fairline
import FairlineODE

extension NodeTransformer {
  /// The audit of the step size: half and double the steps of evaluation, and a tight adaptive
  /// solve.
  ///
  /// A model whose loss changes with them has learned its grid, not a differential equation (Ott
  /// and others 2021).
  public var variants: [ModelVariant] {
    let node = configuration.node
    guard node.nodeAudit, node.nodeEncoder || node.nodeDecoder else { return [] }
    var variants: [ModelVariant] = []
    if let steps = evaluation.steps {
      let pieces = node.nodeWeightPieces
      var counts = [max(steps / 2, pieces), steps, 2 * steps].filter { $0 % pieces == 0 }
      if counts.count > 1, counts[0] == counts[1] { counts.removeFirst() }
      for count in counts {
        var scheme = evaluation
        scheme.steps = count
        variants.append(
          ModelVariant(
            "(\(evaluation.solver.name) x \(count))", NodeTransformer(self, evaluation: scheme)))
      }
    } else {
      variants.append(ModelVariant("(\(evaluation.solver.name))", self))
    }
    var tight = evaluation
    tight.solver = RungeKutta.dopri5
    tight.steps = nil
    tight.relative = 1e-5
    tight.absolute = 1e-5
    tight.maxEvaluations = .max
    variants.append(
      ModelVariant("(dopri5 1e-5)", NodeTransformer(self, evaluation: tight)))
    return variants
  }
}

extension NodeTransformer {
  /// Yes where every solve takes the same steps whatever its batch, and nothing is drawn or summed
  /// for a batch as a whole.
  public var computesSentencesApart: Bool {
    let node = configuration.node
    guard node.nodeEncoder || node.nodeDecoder else { return true }
    return training.isRegular && node.nodeOnLimit == .coast && node.nodeKineticWeight == 0
      && node.nodeErrorWeight == 0 && node.nodeRandomEnd == 0
  }
}

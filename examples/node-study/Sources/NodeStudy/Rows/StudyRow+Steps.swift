import FairlineNodeTransformer

extension StudyRow {
  /// The pre-norm field under different solvers and steps.
  static let steps: [StudyRow] = [
    step("euler", 1, "one Euler step: the same function as a classic layer", color: 6),
    step("heun2", 1, "Heun's method of order 2, one step", color: 7, passes: 2),
    step(
      "heun2", 2, "Heun's method, two steps: what the variants are compared with", color: 2,
      passes: 4),
    step("rk4", 1, "the method of order 4, one step", color: 3, passes: 4),
    StudyRow(
      name: "pieces", title: "L pieces × euler",
      summary:
        "as many pieces of depth with weights of their own as the deep classic model has layers",
      group: .steps, color: 8, passes: (3, 3)
    ) { c, layers in
      preNorm(&c, "euler", layers)
      c.node.nodeWeightPieces = layers
    },
    StudyRow(
      name: "adaptive", title: "dopri5, adaptive",
      summary: "adaptive dopri5 at the study's tolerance, frozen dropout, exact gradients",
      group: .steps, color: 9, isAdaptive: true, passes: (20, 20)
    ) { c, _ in
      preNorm(&c, "dopri5", 0)
      adaptive(&c)
    },
  ]

  private static func step(
    _ method: String, _ count: Int, _ summary: String, color: Int, passes: Double = 1
  ) -> StudyRow {
    StudyRow(
      name: "\(method)-\(count)", title: "\(method) × \(count)", summary: summary, group: .steps,
      color: color, passes: (passes, passes)
    ) { c, _ in preNorm(&c, method, count) }
  }
}

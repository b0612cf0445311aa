import FairlineNodeTransformer

extension StudyRow {
  /// The pre-norm field under different solvers and steps.
  static let steps: [StudyRow] = [
    StudyRow(
      name: "euler-1", title: "euler × 1",
      summary: "one Euler step: the same function as a classic layer", group: .steps, color: 6
    ) { c, _ in
      preNorm(&c)
      fixed(&c, "euler", 1)
    },
    StudyRow(
      name: "heun2-1", title: "heun2 × 1", summary: "Heun's method of order 2, one step",
      group: .steps, color: 7, passes: (2, 2)
    ) { c, _ in
      preNorm(&c)
      fixed(&c, "heun2", 1)
    },
    StudyRow(
      name: "heun2-2", title: "heun2 × 2",
      summary: "Heun's method, two steps: what the variants are compared with", group: .steps,
      color: 2, passes: (4, 4)
    ) { c, _ in
      preNorm(&c)
      fixed(&c, "heun2", 2)
    },
    StudyRow(
      name: "rk4-1", title: "rk4 × 1", summary: "the method of order 4, one step", group: .steps,
      color: 3, passes: (4, 4)
    ) { c, _ in
      preNorm(&c)
      fixed(&c, "rk4", 1)
    },
    StudyRow(
      name: "pieces", title: "L pieces × euler",
      summary:
        "as many pieces of depth with weights of their own as the deep classic model has layers",
      group: .steps, color: 8, passes: (3, 3)
    ) { c, layers in
      preNorm(&c)
      c.node.nodeWeightPieces = layers
      fixed(&c, "euler", layers)
    },
    StudyRow(
      name: "adaptive", title: "dopri5, adaptive",
      summary: "adaptive dopri5 at the study's tolerance, frozen dropout, exact gradients",
      group: .steps, color: 9, isAdaptive: true, passes: (20, 20)
    ) { c, _ in
      preNorm(&c)
      adaptive(&c)
    },
  ]
}

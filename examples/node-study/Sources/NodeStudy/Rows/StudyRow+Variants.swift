import FairlineNodeTransformer

extension StudyRow {
  /// Changes of one thing each, under Heun's method with two steps.
  static let variants: [StudyRow] = [
    StudyRow(
      name: "encoder-only", title: "NODE encoder only",
      summary: "a NODE encoder before a classic decoder of one layer", group: .variants, color: 0,
      passes: (4, 1)
    ) { c, _ in
      c.node.nodeEncoder = true
      fixed(&c, "heun2", 2)
    },
    variant(
      "separated", "separated decoder", "the decoder's self-attention stays outside the solve", 1,
      passes: (4, 3)
    ) { $0.node.nodeSeparatedDecoder = true },
    variant(
      "augmented", "augmented", "further channels for the solve, one for each head, zero at first",
      3
    ) { $0.node.nodeAugmentDims = 1 },
    variant("time", "time-dependent", "the field reads the time", 4) {
      $0.node.nodeTimeDependent = true
    },
    decay(0.1, color: 5), decay(0.9, color: 6),
    variant(
      "kinetic", "kinetic energy 0.01", "the field's kinetic energy is part of the loss", 8
    ) { $0.node.nodeKineticWeight = 0.01 },
  ]

  private static func variant(
    _ name: String, _ title: String, _ summary: String, _ color: Int,
    passes: (Double, Double) = (4, 4),
    _ change: @escaping @Sendable (inout NodeTransformerSettings) -> Void
  ) -> StudyRow {
    StudyRow(
      name: name, title: title, summary: summary, group: .variants, color: color, passes: passes
    ) { c, _ in
      preNorm(&c, "heun2", 2)
      change(&c)
    }
  }

  private static func decay(_ value: Double, color: Int) -> StudyRow {
    var row = variant(
      "decay-\(value)", "weight decay \(value)",
      value == 0.9 ? "the study's weight decay" : "a milder weight decay", color
    ) { _ in }
    row.weightDecay = value
    return row
  }
}

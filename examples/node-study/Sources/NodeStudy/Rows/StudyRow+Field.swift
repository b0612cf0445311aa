import FairlineNodeTransformer

extension StudyRow {
  /// Ordinary layers, and the study's own field as it was and done right.
  static let field: [StudyRow] = [
    StudyRow(
      name: "classic-1", title: "classic 1+1",
      summary: "an ordinary pre-norm Transformer, one layer on each side", group: .field, color: 0
    ) { _, _ in },
    StudyRow(
      name: "classic-deep", title: "classic L+L",
      summary: "the same with --layers layers on each side (3)", group: .field, color: 1,
      passes: (3, 3)
    ) { c, layers in
      c.transformer.encoderLayers = layers
      c.transformer.decoderLayers = layers
    },
    StudyRow(
      name: "study-right", title: "study's field, euler × 2",
      summary:
        "the study's field done right: two unit steps, exact gradients, no dropout in the field, "
        + "its separated decoder, a learned scale",
      group: .field, color: 2, passes: (2, 2)
    ) { c, _ in studyFieldDoneRight(&c) },
    StudyRow(
      name: "study-no-encoder", title: "same, encoder untrained",
      summary: "as study-right, but no gradient reaches the encoder through the decoder",
      group: .field, color: 3, passes: (1.3, 2)
    ) { c, _ in
      studyFieldDoneRight(&c)
      c.node.nodeDetachEncoder = true
    },
    StudyRow(
      name: "study-adaptive", title: "study's field, adaptive",
      summary: "the study's field and adaptive dopri5, but frozen dropout and exact gradients",
      group: .field, color: 4, isAdaptive: true, passes: (20, 20)
    ) { c, _ in
      studyField(&c)
      adaptive(&c)
    },
    StudyRow(
      name: "study-as-was", title: "study as it was",
      summary:
        "adaptive dopri5, dropout drawn anew in every evaluation, adjoint gradients, encoder "
        + "untrained",
      group: .field, color: 5, isAdaptive: true, passes: (15, 110)
    ) { c, _ in
      studyField(&c)
      adaptive(&c)
      c.node.nodeDropout = .resampled
      c.node.nodeGradient = .adjoint
      c.node.nodeAdjointNorm = .all
      c.node.nodeDetachEncoder = true
    },
  ]

  /// Both sides a NODE with the study's composition of sub-layers, normalised after each.
  private static func studyField(_ c: inout NodeTransformerSettings) {
    (c.node.nodeEncoder, c.node.nodeDecoder) = (true, true)
    c.node.nodeField = .postNorm
    normalize(&c, before: false)
  }

  /// The study's composition where it learns best: each sub-layer normalises what it reads, the
  /// decoder attends to itself outside of its solve, and two steps of Euler's method go as far as
  /// two layers.
  private static func studyFieldDoneRight(_ c: inout NodeTransformerSettings) {
    studyField(&c)
    normalize(&c, before: true)
    c.node.nodeSeparatedDecoder = true
    c.node.nodeDropout = .off
    c.node.nodeLearnScale = true
    c.node.nodeTs = [0, 2]
    fixed(&c, "euler", 2)
  }

  /// Both sides a NODE with the pre-norm field and equal steps.
  static func preNorm(_ c: inout NodeTransformerSettings, _ method: String, _ steps: Int) {
    (c.node.nodeEncoder, c.node.nodeDecoder) = (true, true)
    fixed(&c, method, steps)
  }

  /// Sub-layers normalise what they read, or their result.
  private static func normalize(_ c: inout NodeTransformerSettings, before: Bool) {
    c.transformer.encoderNormalizeBefore = before
    c.transformer.decoderNormalizeBefore = before
  }

  /// Equal steps.
  static func fixed(_ c: inout NodeTransformerSettings, _ method: String, _ steps: Int) {
    c.node.nodeMethod = method
    c.node.nodeSteps = steps
  }

  /// The study's solver and tolerance, with a budget that keeps every solve finite.
  static func adaptive(_ c: inout NodeTransformerSettings) {
    c.node.nodeMethod = "dopri5"
    c.node.nodeRtol = adaptiveTolerance
    c.node.nodeAtol = adaptiveTolerance
    c.node.nodeMaxEvaluations = evaluationBudget
  }

  /// The study's tolerance, relative and absolute.
  package static let adaptiveTolerance = 0.01
  /// The most evaluations of one solve before the rest of the interval is covered in fixed steps.
  package static let evaluationBudget = 1000
}

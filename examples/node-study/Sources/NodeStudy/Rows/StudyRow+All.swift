extension StudyRow {
  /// The study's tolerance, relative and absolute.
  package static let adaptiveTolerance = 0.01
  /// The most evaluations of one solve before the rest of the interval is covered in fixed steps.
  package static let evaluationBudget = 1000

  private static let preNorm = "--encoder-normalize-before --decoder-normalize-before"
  private static let classic = preNorm + " --encoder-layers 1 --decoder-layers 1"
  /// Both sides a NODE with the pre-norm field.
  private static let node = classic + " --node-encoder --node-decoder"
  /// Both sides a NODE with the study's composition of sub-layers.
  private static let study =
    "--encoder-layers 1 --decoder-layers 1 --node-encoder --node-decoder --node-field post_norm"
  /// The study's composition where it learns best: each sub-layer normalises what it reads, the
  /// decoder attends to itself outside of its solve, and two steps of Euler's method go as far as
  /// two layers.
  private static let right =
    "\(study) \(preNorm) --node-separated-decoder --node-dropout off --node-learn-scale "
    + "--node-ts 0,2 --node-method euler --node-steps 2"
  /// The study's solver and tolerance, with a budget that keeps every solve finite.
  private static let adaptive =
    "--node-method dopri5 --node-rtol \(adaptiveTolerance) --node-atol \(adaptiveTolerance) "
    + "--node-max-evaluations \(evaluationBudget)"

  /// Ordinary layers, and the study's own field as it was and done right.
  static let field: [StudyRow] = [
    StudyRow(
      "classic-1", "classic 1+1", "an ordinary pre-norm Transformer, one layer on each side",
      .field, color: 0, classic),
    StudyRow(
      "classic-deep", "classic L+L", "the same with --layers layers on each side (3)", .field,
      color: 1, passes: (3, 3), preNorm + " --encoder-layers L --decoder-layers L"),
    StudyRow(
      "study-right", "study's field, euler × 2",
      "the study's field done right: two unit steps, exact gradients, no dropout in the field, its "
        + "separated decoder, a learned scale", .field, color: 2, passes: (2, 2), right),
    StudyRow(
      "study-no-encoder", "same, encoder untrained",
      "as study-right, but no gradient reaches the encoder through the decoder", .field, color: 3,
      passes: (1.3, 2), right + " --node-detach-encoder"),
    StudyRow(
      "study-adaptive", "study's field, adaptive",
      "the study's field and adaptive dopri5, but frozen dropout and exact gradients", .field,
      color: 4, passes: (20, 20), "\(study) \(adaptive)"),
    StudyRow(
      "study-as-was", "study as it was",
      "adaptive dopri5, dropout drawn anew in every evaluation, adjoint gradients, encoder "
        + "untrained", .field, color: 5, passes: (15, 110),
      "\(study) \(adaptive) --node-dropout resampled --node-gradient adjoint "
        + "--node-adjoint-norm all --node-detach-encoder"),
  ]

  /// The pre-norm field under different solvers and steps.
  static let steps: [StudyRow] = [
    step("euler", 1, "one Euler step: the same function as a classic layer", color: 6),
    step("heun2", 1, "Heun's method of order 2, one step", color: 7, passes: 2),
    step(
      "heun2", 2, "Heun's method, two steps: what the variants are compared with", color: 2,
      passes: 4),
    step("rk4", 1, "the method of order 4, one step", color: 3, passes: 4),
    StudyRow(
      "pieces", "L pieces × euler",
      "as many pieces of depth with weights of their own as the deep classic model has layers",
      .steps, color: 8, passes: (3, 3),
      node + " --node-weight-pieces L --node-method euler --node-steps L"),
    StudyRow(
      "adaptive", "dopri5, adaptive",
      "adaptive dopri5 at the study's tolerance, frozen dropout, exact gradients", .steps,
      color: 9, passes: (20, 20), "\(node) \(adaptive)"),
  ]

  private static func step(
    _ method: String, _ count: Int, _ summary: String, color: Int, passes: Double = 1
  ) -> StudyRow {
    StudyRow(
      "\(method)-\(count)", "\(method) × \(count)", summary, .steps, color: color,
      passes: (passes, passes), "\(node) --node-method \(method) --node-steps \(count)")
  }

  /// Changes of one thing each, under Heun's method with two steps.
  static let variants: [StudyRow] = [
    StudyRow(
      "encoder-only", "NODE encoder only", "a NODE encoder before a classic decoder of one layer",
      .variants, color: 0, passes: (4, 1),
      classic + " --node-encoder --node-method heun2 --node-steps 2"),
    variant(
      "separated", "separated decoder", "the decoder's self-attention stays outside the solve",
      color: 1, passes: (4, 3), "--node-separated-decoder"),
    variant(
      "augmented", "augmented", "further channels for the solve, one for each head, zero at first",
      color: 3, "--node-augment-dims 1"),
    variant(
      "time", "time-dependent", "the field reads the time", color: 4, "--node-time-dependent"),
    variant("decay-0.1", "weight decay 0.1", "a milder weight decay", color: 5, decay: 0.1),
    variant("decay-0.9", "weight decay 0.9", "the study's weight decay", color: 6, decay: 0.9),
    variant(
      "kinetic", "kinetic energy 0.01", "the field's kinetic energy is part of the loss", color: 8,
      "--node-kinetic-weight 0.01"),
  ]

  private static func variant(
    _ name: String, _ title: String, _ summary: String, color: Int,
    passes: (Double, Double) = (4, 4), decay: Double = usualDecay, _ flag: String = ""
  ) -> StudyRow {
    StudyRow(
      name, title, summary, .variants, color: color, passes: passes, decay: decay,
      "\(node) --node-method heun2 --node-steps 2 \(flag)")
  }
}

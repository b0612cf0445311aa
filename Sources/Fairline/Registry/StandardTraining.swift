/// The criteria, optimizers and learning-rate schedules that Fairline brings.
public enum StandardTraining: Plugin {
  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    try catalog.criteria.add(
      "cross_entropy", "cross-entropy of the target symbols",
      build: { (_: NoSettings, context) in CrossEntropyCriterion(context) })
    try catalog.criteria.add(
      "adaptive_loss", "cross-entropy of models with an adaptive softmax",
      build: { (_: NoSettings, context) in AdaptiveLossCriterion(context) })
    try catalog.criteria.add(
      "label_smoothed_cross_entropy", "cross-entropy with label smoothing",
      build: { try LabelSmoothedCrossEntropyCriterion($0, $1) })
    try catalog.criteria.add(
      "label_smoothed_cross_entropy_with_alignment",
      "the same, with attention guided by word alignments",
      build: { try AlignmentCriterion($0, $1) })
    try catalog.criteria.add(
      "label_smoothed_cross_entropy_with_rdrop",
      "the same of two passes with different dropout, which are to agree",
      build: { try RDropCriterion($0, $1) })
    try catalog.optimizers.add(
      "adam", "Adam with decoupled weight decay", build: { try Adam($0, $1) })
    try catalog.optimizers.add(
      "adamw", "another name of adam", build: { try Adam($0, $1) })
    try catalog.optimizers.add("sgd", "stochastic gradient descent", build: { SGD($0, $1) })
    try catalog.optimizers.add(
      "nag", "gradient descent with Nesterov's momentum", build: { NAG($0, $1) })
    try catalog.optimizers.add(
      "adagrad", "steps that shrink with all gradients so far", build: { Adagrad($0, $1) })
    try catalog.optimizers.add(
      "adadelta", "steps as long as earlier ones", build: { try Adadelta($0, $1) })
    try catalog.optimizers.add(
      "adamax", "Adam with the largest gradient instead of their mean square",
      build: { try Adamax($0, $1) })
    try catalog.optimizers.add(
      "adafactor", "Adam with moments of rows and columns instead of elements",
      build: { try Adafactor($0, $1) })
    let schedulers = try SchedulerRegistry.standardSchedulers()
    for name in schedulers.names {
      try catalog.schedulers.add(name, schedulers.summary(of: name), schedulers[name])
    }
  }
}

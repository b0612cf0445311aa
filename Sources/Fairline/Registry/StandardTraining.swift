/// The criteria, optimizers and learning-rate schedules that Fairline brings.
public enum StandardTraining: Plugin {
  /// Adds them.
  public static func register(in catalog: inout Catalog) throws {
    try catalog.criteria.add(
      "cross_entropy", "cross-entropy of the target symbols",
      build: { (_: NoConfiguration, context) in CrossEntropyCriterion(context) })
    try catalog.criteria.add(
      "label_smoothed_cross_entropy", "cross-entropy with label smoothing",
      build: { try LabelSmoothedCrossEntropyCriterion($0, $1) })
    try catalog.optimizers.add(
      "adam", "Adam with decoupled weight decay", build: { try Adam($0, $1) })
    try catalog.optimizers.add(
      "adamw", "another name of adam", build: { try Adam($0, $1) })
    try catalog.optimizers.add("sgd", "stochastic gradient descent", build: { SGD($0, $1) })
    let schedulers = try SchedulerRegistry.standardSchedulers()
    for name in schedulers.names {
      try catalog.schedulers.add(name, schedulers.summary(of: name), schedulers[name])
    }
  }
}

/// A registry of learning-rate schedules.
package typealias SchedulerRegistry = Registry<
  Component<SchedulerContext, any LearningRateScheduler>
>

extension Registry where Entry == Component<SchedulerContext, any LearningRateScheduler> {
  /// All schedules of this package under the names that `--lr-scheduler` takes.
  package static func standardSchedulers() throws -> SchedulerRegistry {
    var registry = SchedulerRegistry(kind: "learning-rate scheduler")
    try registry.add("fixed", "warm-up, then one rate for each epoch") {
      try FixedSchedule($0, $1)
    }
    try registry.add("inverse_sqrt", "warm-up, then decay with the inverse square root") {
      try InverseSquareRootSchedule($0, $1)
    }
    try registry.add("cosine", "warm-up, then cosine annealing with restarts") {
      try CosineSchedule($0, $1)
    }
    try registry.add("polynomial_decay", "warm-up, then polynomial decay") {
      try PolynomialDecaySchedule($0, $1)
    }
    try registry.add("tri_stage", "warm-up, a constant rate, then exponential decay") {
      try TriStageSchedule($0, $1)
    }
    try registry.add("triangular", "up and down between two rates") {
      try TriangularSchedule($0, $1)
    }
    try registry.add("step", "warm-up, then a factor at equal intervals") {
      try StepSchedule($0, $1)
    }
    try registry.add("manual", "rates given by epoch or number of updates") {
      try ManualSchedule($0, $1)
    }
    try registry.add(
      "reduce_lr_on_plateau", "warm-up, then a factor when validation stops improving"
    ) {
      try PlateauSchedule($0, $1)
    }
    return registry
  }
}

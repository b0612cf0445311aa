import Fairline

extension TrainingComponents {
  /// The components of a row's training: the same for all rows but for the architecture and the
  /// weight decay.
  init(_ row: StudyRow, _ plan: StudyPlan, _ settings: StudySettings, _ data: StudyData) throws {
    try self.init(
      data.catalog, architecture: row.isNode ? "node_transformer" : "transformer",
      criterion: "label_smoothed_cross_entropy", optimizer: "adam", scheduler: "inverse_sqrt")
    task = data.selection.building { _ in data.task }
    let configuration = try row.configuration(settings, sharesVocabulary: plan.sharesVocabulary)
    try architecture.draft.merge(
      row.isNode
        ? try JSONValue(encoding: configuration)
        : try JSONValue(encoding: configuration.transformer))
    try criterion.draft.merge(["labelSmoothing": 0.1])
    try optimizer.draft.merge(["adamBetas": [0.9, 0.98], "weightDecay": .number(row.weightDecay)])
    try scheduler.draft.merge(["warmupUpdates": .integer(plan.warmup)])
  }
}

import FairlineTensor

/// A training with everything built: what is left is to run it.
struct PreparedTraining {
  private let task: any Task
  private let model: any Model
  private let trainer: Trainer
  private let observers: [any TrainingObserver]
  private let recorder = ResultRecorder()
  private let contents: CheckpointContents

  /// Builds task, model, criterion, optimizer and schedule, in this order, and fills them from the
  /// checkpoint that training goes on from.
  init(_ training: Training) throws {
    let (settings, components) = (training.settings, training.components)
    try settings.check()
    var progress = TrainingProgress()
    progress.seed = settings.seed
    let restoration = try Restoration(
      settings.checkpoints, importers: components.catalog.importers)
    if let saved = restoration?.savedSeed { progress.seed = saved }
    task = try components.task.build(
      TaskContext(
        data: settings.data, dataset: settings.dataset, seed: progress.seed, note: training.note))
    model = try components.architecture.build(
      ModelContext(
        task: task.description, seed: UInt64(bitPattern: Int64(progress.seed)),
        isFilledFromFile: restoration != nil, catalog: components.catalog))
    task.restrict(toMaximumPositions: model.maximumPositions)
    let criterion = try components.criterion.build(
      CriterionContext(
        task: task.description, averagesSentences: settings.optimization.sentenceAvg))
    if let saved = try restoration?.optimizerSettings(for: components.optimizer.name) {
      try components.optimizer.draft.restore(saved)
    }
    let optimizer = try components.optimizer.build(model.parameters)
    let scheduler = try components.scheduler.build(
      SchedulerContext(
        learningRates: settings.optimization.lr, maxUpdate: settings.optimization.maxUpdate,
        maximizesMetric: settings.order.maximizes))
    if let restoration {
      progress = try restoration.restore(
        model, optimizer, identity: task.identity, criterion: components.criterion.name,
        seed: settings.seed)
      training.note("loaded \(restoration.file.path)")
    }
    var header = try components.header(task)
    header.run = training.record
    contents = CheckpointContents(
      header: header, parameters: model.parameters, optimizer: optimizer, assets: task.assets)
    var observers = training.observers + [recorder]
    observers.append(
      EarlyStopping(patience: settings.validation.patience, order: settings.order))
    if training.exchange.role.writes {
      let keeper = try CheckpointKeeper(
        settings.checkpoints, contents: contents, metric: settings.validation.bestCheckpointMetric,
        order: settings.order, note: training.note)
      try keeper.checkSpace()
      observers.append(keeper)
    }
    self.observers = observers
    trainer = try Trainer(
      TrainingParts(
        model: model, criterion: criterion, optimizer: optimizer, scheduler: scheduler,
        observers: observers),
      settings.optimization, settings.cadence, settings.compute, training.exchange,
      from: progress)
    if !settings.validation.disableValidation, training.exchange.role.validates {
      try checkValidationSets()
    }
    for observer in observers { try observer.check() }
  }

  /// Trains to the end.
  func run(_ interruption: () -> Interruption?) throws -> TrainingResult {
    let reason = try trainer.train(on: task, interruption: interruption)
    for observer in observers { try observer.check() }
    return TrainingResult(
      reason: reason, progress: trainer.progress, model: model, recorder: recorder,
      contents: contents)
  }

  /// Refuses validation sets that are not there or empty before anything is trained.
  private func checkValidationSets() throws {
    for name in task.validationSets where try task.validation(name).count == 0 {
      throw UserError(
        "the validation set '\(name)' has no sentences within the limits: name another one in"
          + " --valid-subset, or give --disable-validation")
    }
  }
}

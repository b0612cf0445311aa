import FairlineTensor

/// A training with everything built: what is left is to run it.
struct PreparedTraining {
  private let task: any Task
  private let model: any Model
  private let trainer: Trainer
  private let observers: [any TrainingObserver]
  private let recorder = ResultRecorder()
  private let contents: CheckpointContents
  /// Nobody else writes to the folder of checkpoints while this is here.
  private let lock: FolderLock?

  /// Builds task, model, criterion, optimizer and schedule, in this order, and fills them from the
  /// checkpoint that training goes on from.
  init(_ training: Training) throws {
    let (settings, components) = (training.settings, training.components)
    try settings.check()
    lock =
      training.exchange.role.writes && !settings.checkpoints.noSave
      ? try CheckpointFolder(settings.checkpoints.saveDir).prepare() : nil
    if let absence = lock?.absence { training.note(absence) }
    var progress = TrainingProgress()
    progress.seed = settings.seed
    let restoration = try Restoration(
      settings.checkpoints, importers: components.catalog.importers)
    if let reason = restoration?.reasonToBeginAnew { training.note(reason) }
    if let saved = restoration?.savedSeed { progress.seed = saved }
    task = try components.task.build(
      TaskContext(
        data: settings.data, assets: try restoration?.file.assets() ?? [:],
        dataset: settings.dataset, seed: progress.seed, note: training.note))
    try restoration?.check(identity: task.identity, criterion: components.criterion.name)
    try restoration?.check(task, components)
    try restoration?.compare(components, note: training.note)
    try restoration?.check(settings.exchange)
    if let saved = try restoration?.optimizerSettings(for: components.optimizer.name) {
      try Self.lay(saved, over: components.optimizer, training.note)
    }
    model = try Self.model(components, task.description, progress.seed, restoration)
    task.restrict(toMaximumPositions: model.maximumPositions)
    let criterion = try components.criterion.build(
      CriterionContext(
        task: task.description, averagesSentences: settings.optimization.sentenceAvg))
    try criterion.check(model, task)
    let inner = try components.optimizer.build(model.parameters)
    let optimizer: any Optimizer =
      settings.local.localUpdates > 0
      ? LocalUpdates(inner, model.parameters, settings.local) : inner
    let scheduler = try components.scheduler.build(
      SchedulerContext(
        learningRates: settings.optimization.lr, maxUpdate: settings.optimization.maxUpdate,
        maximizesMetric: settings.order.maximizes))
    if let restoration {
      progress = try restoration.restore(
        model, restoration.knows(LocalUpdates.momentumName) ? optimizer : inner,
        identity: task.identity, criterion: components.criterion.name, seed: settings.seed)
      training.note("loaded \(restoration.file.path)")
      if let summary = restoration.summary { training.note(summary) }
      if progress.seed != settings.seed {
        training.note("the checkpoint's seed holds: \(progress.seed), not \(settings.seed)")
      }
    }
    try CommonGround(task: task, model: model, optimizer: optimizer, progress: progress)
      .check(training.exchange)
    let frozen = try FrozenParameters(settings.optimization.freeze, in: model.parameters)
    if let frozen { training.note(frozen.summary) }
    var header = try components.header(task)
    header.run = training.record
    header.exchange = try settings.exchange.record
    header.search = restoration?.file.header.search
    contents = CheckpointContents(
      header: header, parameters: model.parameters, optimizer: optimizer, assets: task.assets)
    var observers = training.observers + [recorder]
    observers.append(
      EarlyStopping(patience: settings.validation.patience, order: settings.order))
    if training.exchange.role.writes {
      let keeper = CheckpointKeeper(
        settings.checkpoints, contents: contents, metric: settings.validation.bestCheckpointMetric,
        order: settings.order, lock: lock, note: training.note)
      try keeper.checkSpace()
      observers.append(keeper)
    }
    self.observers = observers
    var parts = TrainingParts(
      model: model, criterion: criterion, optimizer: optimizer, scheduler: scheduler,
      observers: observers)
    parts.frozen = frozen
    trainer = try Trainer(
      parts, settings.optimization, settings.cadence, settings.compute, training.exchange,
      from: progress)
    if !settings.validation.disableValidation, training.exchange.role.writes {
      try Validator(
        model: model, criterion: criterion, task: task,
        metric: settings.validation.bestCheckpointMetric
      ).check()
    }
    for observer in observers { try observer.check() }
  }

  /// Takes over the settings of the checkpoint's optimizer, and says which are not those given.
  private static func lay(
    _ saved: JSONValue, over optimizer: Selection<ParameterSet, any Optimizer>,
    _ note: (String) -> Void
  ) throws {
    let given = try optimizer.draft.settings()
    try optimizer.draft.restore(saved)
    guard case .object(let settings) = try optimizer.draft.settings() else { return }
    let others = settings.filter { given[$0.0] != $0.1 }.map { "\($0.0) \($0.1.compactText)" }
    guard !others.isEmpty else { return }
    note(
      "the checkpoint's settings of --optimizer \(optimizer.name) hold: "
        + "\(others.joined(separator: ", ")); --optimizer-overrides replaces them")
  }

  /// Builds the model, once it is known to be the checkpoint's and to find room.
  private static func model(
    _ components: TrainingComponents, _ task: TaskDescription, _ seed: Int,
    _ restoration: Restoration?
  ) throws -> any Model {
    let context = ModelContext(
      task: task, seed: UInt64(bitPattern: Int64(seed)), isFilledFromFile: restoration != nil,
      catalog: components.catalog)
    return try components.architecture.build(context) { counted in
      try restoration?.file.check(counted)
      try ModelSize(training: counted, with: components.optimizer)
        .check("--arch \(components.architecture.name)")
    }
  }

  /// Trains to the end.
  func run(_ interruption: () -> Interruption?) throws -> TrainingResult {
    let reason = try trainer.train(on: task, interruption: interruption)
    for observer in observers { try observer.check() }
    return TrainingResult(
      reason: reason, progress: trainer.progress, model: model, recorder: recorder,
      contents: contents)
  }
}

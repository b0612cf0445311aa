import FairlineTensor

/// The training loop: batches, losses, gradients, updates; everything else is told to observers.
package final class Trainer {
  /// Where training stands.
  package private(set) var progress: TrainingProgress
  private var scheduler: any LearningRateScheduler
  private var observers: [any TrainingObserver]
  private let parts: TrainingParts
  private let settings: OptimizationSettings
  private let cadence: Cadence
  private let compute: ComputeSettings
  private let exchange: any GradientExchange
  private let step: UpdateStep
  private let state: SharedState
  /// The optimizer of a rank that trains by itself between meetings; nil for updates of all.
  private let local: LocalUpdates?
  private let order: MetricOrder
  private let begun = Seconds.now()
  private let earlierSeconds: Double
  private var skippedInARow = 0
  private var scheduleIsNew: Bool

  /// Prepares training from a state: a new one, or a checkpoint's.
  package init(
    _ parts: TrainingParts, _ settings: OptimizationSettings, _ cadence: Cadence = Cadence(),
    _ compute: ComputeSettings = ComputeSettings(),
    _ exchange: any GradientExchange = SingleRank(),
    from progress: TrainingProgress = TrainingProgress()
  ) throws {
    try settings.check()
    try compute.checkRanges()
    self.parts = parts
    self.settings = settings
    self.cadence = cadence
    self.compute = compute
    self.exchange = exchange
    self.progress = progress
    scheduler = parts.scheduler
    observers = parts.observers
    earlierSeconds = progress.seconds
    order = MetricOrder(maximizes: cadence.validation.maximizeBestCheckpointMetric)
    step = UpdateStep(
      model: parts.model, criterion: parts.criterion, optimizer: parts.optimizer,
      clipNorm: settings.clipNorm, seed: progress.seed, tokensAtOnce: compute.tokensAtOnce,
      exchange: exchange, frozen: parts.frozen, sums: GradientSums(parts.model.parameters))
    state = SharedState(parts.optimizer, exchange)
    local = parts.optimizer as? LocalUpdates
    scheduleIsNew = progress.scheduler == nil
    if let state = progress.scheduler {
      try scheduler.recall(state)
    } else {
      _ = scheduler.update(progress.updates)
    }
    for index in observers.indices {
      if let memory = progress.memories[observers[index].key] { observers[index].recall(memory) }
    }
  }

  /// Trains until a limit is reached.
  ///
  /// - Parameter interruption: asked after each update.
  /// - Throws: when data cannot be read, or a number is not finite and that is no reason to go on.
  package func train(
    on task: any Task, interruption: () -> Interruption? = { nil }
  ) throws -> StopReason {
    let run = RunDescription(parameterCount: parts.model.parameters.count, progress: progress)
    tell { $0.trainingBegan(run) }
    for batch in progress.postponed { try batch.check(task) }
    // What ended an earlier run, such as patience, ends this one as well.
    if let wish = try observersWish() { return try finish(wish, task) }
    while true {
      var reason = try reasonBetweenEpochs()
      if reason == nil { reason = try trainEpoch(task, interruption) }
      if let reason { return try finish(reason, task) }
    }
  }

  /// Validates what the model wants compared, unless somebody is in a hurry, and tells of the end.
  private func finish(_ reason: StopReason, _ task: any Task) throws -> StopReason {
    try local?.meet(exchange)
    let isHurried = if case .signal = reason { true } else { false }
    let epoch = progress.offset == 0 ? max(progress.epoch - 1, 1) : progress.epoch
    for variant in parts.model.variants where !isHurried && exchange.role.writes {
      let validator = Validator(
        model: variant.model, criterion: parts.criterion, task: task,
        metric: cadence.validation.bestCheckpointMetric)
      for var result in try validator.run(epoch: epoch, updates: progress.updates) {
        result.name += " \(variant.name)"
        result.metric = nil
        for index in observers.indices {
          observers[index].validated(result)
          result.columns += observers[index].columns
        }
      }
    }
    try state.collect()
    tell { $0.trainingEnded(reason) }
    try checkObservers()
    return reason
  }

  /// Ends a training that an observer says has failed.
  private func checkObservers() throws {
    for observer in observers { if let failure = observer.failure { throw UserError(failure) } }
  }

  private func trainEpoch(
    _ task: any Task, _ interruption: () -> Interruption?
  ) throws -> StopReason? {
    let number = progress.epoch
    let source = try task.trainingEpoch(number)
    let frequency = settings.batches(ofUpdateIn: number, ranks: exchange.role.count)
    try progress.enter(source)
    if progress.offset == 0 || scheduleIsNew { _ = scheduler.beginEpoch(number) }
    scheduleIsNew = false
    let epoch = EpochDescription(
      number: number, updates: (source.count + frequency - 1) / frequency,
      done: progress.offset / frequency)
    tell { $0.epochBegan(epoch) }
    let queue = BatchQueue(
      source, ownPlaces(of: progress.offset..<source.count, frequency),
      ahead: max(4, 2 * frequency))
    defer { queue.close() }
    while progress.epoch == number {
      let batches = progress.offset..<min(progress.offset + frequency, source.count)
      let isApplied = try makeUpdate(batches, from: queue, task, epoch, frequency)
      let endsEpoch = batches.upperBound == source.count
      let wish = try exchange.first(interruption())
      guard isApplied || endsEpoch || wish != nil else { continue }
      let reason = try afterUpdate(task, endsEpoch: endsEpoch, wish)
      if endsEpoch { tell { $0.epochEnded(epoch) } }
      if let reason { return reason }
    }
    return nil
  }

  /// The batches of the rest of an epoch that this rank computes.
  private func ownPlaces(of places: Range<Int>, _ frequency: Int) -> [Int] {
    stride(from: places.lowerBound, to: places.upperBound, by: frequency).flatMap { first in
      exchange.share(of: min(frequency, places.upperBound - first)).map { first + $0 }
    }
  }

  /// Makes an update, tells of it, and says whether the parameters changed.
  private func makeUpdate(
    _ places: Range<Int>, from queue: BatchQueue, _ task: any Task, _ epoch: EpochDescription,
    _ frequency: Int
  ) throws -> Bool {
    let revisits = progress.takeDue()
    let start = Seconds.now()
    let batches = try Profile.measure(.data) {
      try exchange.share(of: places.count).map {
        MicroBatch(place: $0, batch: try queue.next())
      }
        + exchange.share(of: revisits.count).map {
          MicroBatch(place: places.count + $0, batch: try revisits[$0].load(from: task))
        }
    }
    let rate = scheduler.learningRate
    let position = progress.offset / frequency + 1
    var update = Update(
      number: progress.updates, epoch: epoch.number, position: position,
      epochUpdates: epoch.updates, rate: rate, nextRate: rate)
    try compute.format.use {
      try step.run(batches, of: places.count + revisits.count, at: rate, &update)
    }
    if update.outcome == .applied { try local?.meetIfDue(exchange) }
    try judge(update)
    progress.postpone(
      update.refusals,
      of: places.map {
        PostponedBatch(epoch: epoch.number, place: $0, of: progress.batches)
      } + revisits)
    update.columns = progress.refusalColumns
    progress.updates = update.number
    progress.offset += places.count
    if update.outcome == .applied { update.nextRate = scheduler.update(progress.updates) }
    update.seconds = Seconds.now() - start
    progress.seconds = earlierSeconds + Seconds.now() - begun
    update.totalSeconds = progress.seconds
    for index in observers.indices {
      observers[index].updated(update)
      update.columns += observers[index].columns
    }
    try checkObservers()
    return update.outcome == .applied
  }

  /// Applies the policy for numbers that are not finite, and ends a training that refuses
  /// everything.
  private func judge(_ update: Update) throws {
    switch update.outcome {
    case .applied:
      skippedInARow = 0
    case .refused(let reason):
      skippedInARow += 1
      guard skippedInARow >= Training.mostSkippedInARow else { return }
      throw UserError(
        "every batch of the last \(skippedInARow) updates was refused (\(reason)): ease the "
          + "model's limits, or go back to an earlier checkpoint"
      )
    case .skipped(let reason):
      progress.skipped += 1
      skippedInARow += 1
      try judge(update, reason)
    }
  }

  private func judge(_ update: Update, _ reason: String) throws {
    let place = "\(reason) in update \(update.number + 1), epoch \(update.epoch)"
    if settings.onNonfinite == .stop {
      throw UserError(
        "\(place): lower --lr, set --clip-norm, or leave such updates out with --on-nonfinite skip")
    }
    if skippedInARow >= Training.mostSkippedInARow {
      throw UserError(
        "\(place), and in \(skippedInARow - 1) updates before it: go back to an earlier checkpoint "
          + "with a lower --lr"
      )
    }
  }

  /// Validates and saves what is due; the reason to end, if there is one.
  private func afterUpdate(
    _ task: any Task, endsEpoch: Bool, _ interruption: Interruption?
  ) throws -> StopReason? {
    let epoch = progress.epoch
    var reason = try reasonAfterUpdate()
    let due = cadence.due(
      updates: progress.updates, epoch: epoch, endsEpoch: endsEpoch, stops: reason != nil)
    let isHurried = if case .stop = interruption { true } else { false }
    var point = SavePoint(
      occasion: .regular, progress: progress, epoch: epoch, endsEpoch: endsEpoch)
    if due.validates, !isHurried {
      try validate(task, &point)
      let wish = try observersWish()
      reason = reason ?? wish
    }
    if endsEpoch {
      _ = scheduler.endEpoch(epoch, validation: point.metric)
      progress.epoch += 1
      progress.offset = 0
    }
    if case .stop(let signal) = interruption { reason = .signal(signal) }
    if try reason != nil || (due.saves && endsEpoch && reasonBetweenEpochs() != nil) {
      point.occasion = .end
    } else if !due.saves, interruption == nil {
      guard point.isBest else { return nil }
      point.occasion = .best
    }
    try save(point)
    return reason
  }

  /// An observer's wish that training end.
  private func observersWish() throws -> StopReason? {
    try exchange.agree(on: observers.lazy.compactMap(\.stopReason).first)
  }

  private func validate(_ task: any Task, _ point: inout SavePoint) throws {
    try local?.meet(exchange)
    let metric = cadence.validation.bestCheckpointMetric
    let validator = Validator(
      model: parts.model, criterion: parts.criterion, task: task, metric: metric,
      exchange: exchange)
    let shared = try Profile.paused {
      try compute.format.use {
        try validator.run(epoch: progress.epoch, updates: progress.updates)
      }
    }
    // The first rank reports them.
    let results = exchange.role.writes ? shared : []
    let previous = progress.best
    if let value = try exchange.agree(on: results.first?.metric) {
      guard value.isFinite || settings.onNonfinite == .skip else {
        throw UserError(
          "\(metric) on the validation set '\(task.validationSets.first ?? "")' is not finite "
            + "after update \(progress.updates): go back to an earlier checkpoint with a lower "
            + "--lr, or go on with --on-nonfinite skip")
      }
      point.metric = value
      point.isBest = value.isFinite && order.isAtLeastAsGood(value, as: previous)
      if point.isBest { progress.best = value }
    }
    for var result in results {
      if result.metric != nil, previous != nil, let best = progress.best {
        result.best = ReportColumn("best_\(metric)", best, priority: 600)
      }
      for index in observers.indices {
        observers[index].validated(result)
        result.columns += observers[index].columns
      }
    }
  }

  private func save(_ moment: SavePoint) throws {
    try local?.meet(exchange)
    var point = moment
    progress.scheduler = try scheduler.memory()
    progress.seconds = earlierSeconds + Seconds.now() - begun
    for observer in observers {
      if let memory = observer.memory { progress.memories[observer.key] = memory }
    }
    point.progress = progress
    try state.collect()
    defer { state.forget() }
    for index in observers.indices {
      guard let saved = try observers[index].save(point) else { continue }
      tell { $0.saved(saved) }
    }
  }

  private func reasonAfterUpdate() throws -> StopReason? {
    if settings.maxUpdate > 0, progress.updates >= settings.maxUpdate {
      return .maximumUpdates(settings.maxUpdate)
    }
    if settings.stopTimeHours > 0,
      try exchange.agree(on: progress.seconds > settings.stopTimeHours * 3600)
    {
      return .time(hours: settings.stopTimeHours)
    }
    return nil
  }

  private func reasonBetweenEpochs() throws -> StopReason? {
    if settings.maxEpoch > 0, progress.epoch > settings.maxEpoch {
      return .maximumEpochs(settings.maxEpoch)
    }
    if progress.updates > 0, scheduler.learningRate <= settings.stopMinLr {
      return .minimumRate(settings.stopMinLr)
    }
    return try reasonAfterUpdate()
  }

  private func tell(_ event: (inout any TrainingObserver) -> Void) {
    for index in observers.indices { event(&observers[index]) }
  }
}

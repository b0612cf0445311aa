import Fairline
import FairlineNodeTransformer
import FairlinePrograms
import FairlineTensor
import Foundation

/// The training of one row from one seed, through the library's own parts.
struct RowTraining {
  let row: StudyRow
  let seed: Int
  let plan: StudyPlan
  let settings: StudySettings
  /// The row's folder, which keeps its checkpoint until the row is finished.
  let folder: String

  /// A trained model with what it cost.
  struct Outcome {
    let curves: Curves
    let parameters: Int
    let memory: Int
    let data: StudyData
  }

  /// The trained model without the optimizer's state, for ``fairline-generate`` and the measurements that follow.
  var modelPath: String { folder + "/model.safetensors" }

  /// Trains, or goes on with an interrupted training, and saves the model.
  ///
  /// - Throws: ``Stopped`` when the user wants it, after a checkpoint was saved.
  func run(
    _ signals: SignalWatch, progress: any TrainingObserver,
    _ note: @escaping @Sendable (String) -> Void
  ) throws -> Outcome {
    let data = try StudyData(settings, seed: seed)
    let choice = try RowComponents(row, plan, settings, data.catalog)
    var saving = CheckpointSettings()
    saving.saveDir = folder
    saving.noEpochCheckpoints = true
    let restoration = try Restoration(saving)
    let model = try choice.architecture.build(
      ModelContext(
        task: data.task.description, seed: UInt64(seed), isFilledFromFile: restoration != nil,
        catalog: data.catalog))
    data.task.restrict(toMaximumPositions: model.maximumPositions)
    let criterion = try choice.criterion.build(CriterionContext(task: data.task.description))
    let optimizer = try choice.optimizer.build(model.parameters)
    var begin = TrainingProgress()
    begin.seed = seed
    if let restoration {
      begin = try restoration.restore(
        model, optimizer, identity: data.task.identity, criterion: RowComponents.criterionName,
        seed: seed)
      note("\(row.name): going on after \(begin.updates) updates")
    }
    let recorder = CurveRecorder()
    let contents = try choice.contents(data, model, optimizer)
    let keeper = try CheckpointKeeper(
      saving, contents: contents, metric: "nll_loss", order: MetricOrder(maximizes: false),
      note: note)
    let trainer = try Trainer(
      TrainingParts(
        model: model, criterion: criterion, optimizer: optimizer,
        scheduler: try choice.scheduler.build(
          SchedulerContext(learningRates: [plan.lr], maxUpdate: plan.updates(of: row))),
        observers: [recorder, progress, keeper]),
      optimization, cadence, from: begin)
    let watch = MemoryWatch()
    defer { _ = watch.finish() }
    let reason: StopReason
    do {
      reason = try trainer.train(on: data.task) { signals.interruption }
    } catch  where recorder.skippedInARow >= Trainer.mostSkippedInARow {
      throw Diverged(reason: "\(error)")
    }
    let memory = watch.finish()
    if case .signal(let signal) = reason { throw Stopped(signal: signal) }
    var final = contents
    final.optimizer = nil
    try final.write(to: modelPath)
    return Outcome(
      curves: recorder.curves, parameters: model.parameters.count, memory: memory, data: data)
  }

  private var optimization: OptimizationSettings {
    var optimization = OptimizationSettings()
    optimization.maxUpdate = plan.updates(of: row)
    optimization.clipNorm = 1
    optimization.lr = [plan.lr]
    optimization.onNonfinite = .skip
    return optimization
  }

  /// Validates and saves at the plan's interval only, never because an epoch ends.
  private var cadence: Cadence {
    var validation = ValidationSettings()
    validation.validateInterval = 0
    validation.bestCheckpointMetric = "nll_loss"
    return Cadence(validation, saveInterval: 0, saveIntervalUpdates: plan.interval(of: row))
  }
}

/// A training whose numbers were no longer finite.
struct Diverged: Error {
  let reason: String
}

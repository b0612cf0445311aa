import Fairline
import FairlinePrograms

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

  /// The trained model without the optimizer's state, for ``fairline-generate`` and the
  /// measurements that follow.
  var modelPath: String { folder + "/model.safetensors" }

  /// Trains, or goes on with an interrupted training, and saves the model.
  ///
  /// - Throws: ``Stopped`` when the user wants it, after a checkpoint was saved.
  func run(
    _ signals: SignalWatch, _ sink: LogSink
  ) throws -> Outcome {
    let data = try StudyData(settings, seed: seed)
    let recorder = CurveRecorder()
    var training = Training(
      try TrainingComponents(row, plan, settings, data), trainingSettings)
    let note: @Sendable (String) -> Void = { [row] in sink.write("  \(row.name): \($0)") }
    let progress = ProgressReport(
      format: .tqdm, interval: plan.interval(of: row), sink: sink, note: note)
    training.observers = [recorder, progress]
    training.note = note
    let watch = MemoryWatch()
    defer { _ = watch.finish() }
    do {
      let result = try training.run { signals.interruption }
      if case .signal(let signal) = result.reason { throw Stopped(signal: signal) }
      try result.saveModel(to: modelPath)
      return Outcome(
        curves: recorder.curves, parameters: result.model.parameters.count,
        memory: watch.finish(), data: data)
    } catch  where recorder.skippedInARow >= Training.mostSkippedInARow {
      throw Diverged(reason: "\(error)")
    }
  }

  /// Validates and saves at the plan's interval only, never because an epoch ends.
  private var trainingSettings: TrainingSettings {
    var settings = TrainingSettings()
    settings.seed = seed
    settings.optimization.maxUpdate = plan.updates(of: row)
    settings.optimization.clipNorm = 1
    settings.optimization.lr = [plan.lr]
    settings.optimization.onNonfinite = .skip
    settings.validation.validateInterval = 0
    settings.validation.bestCheckpointMetric = "nll_loss"
    settings.checkpoints.saveDir = folder
    settings.checkpoints.saveInterval = 0
    settings.checkpoints.saveIntervalUpdates = plan.interval(of: row)
    settings.checkpoints.noEpochCheckpoints = true
    return settings
  }
}

/// A training whose numbers were no longer finite.
struct Diverged: Error {
  let reason: String
}

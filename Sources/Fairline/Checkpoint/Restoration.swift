import Foundation
import FairlineTensor

/// What training goes on from: a checkpoint and which of its parts count.
package struct Restoration {
  /// The file.
  package let file: ModelFile
  /// Whether the optimizer's state, the schedule and the count of updates begin anew.
  let resetsOptimizer: Bool
  private let settings: CheckpointSettings
  private let isNewRun: Bool
  /// Why a checkpoint that training was to go on from only gives its parameters; nil when it gives
  /// what was asked for.
  let reasonToBeginAnew: String?

  /// Finds and opens the checkpoint that the settings mean; nil when training begins anew.
  ///
  /// - Parameter importers: those of the catalogue, for models of other programs.
  /// - Throws: ``OptionError`` when settings contradict each other, `UserError` when a named
  ///   file is not there.
  package init?(
    _ settings: CheckpointSettings,
    importers: Registry<any Importer> = Registry(kind: ImporterSection.kind)
  ) throws {
    try Self.check(settings)
    let exists = Paths.exists
    let last = Paths.join(settings.saveDir, CheckpointSettings.lastName)
    let isDefault = settings.restoreFile == CheckpointSettings.lastName
    let path: String
    let isNamed =
      isDefault && !exists(last) && settings.continueOnce == nil
      && settings.finetuneFromModel != nil
    if !isDefault {
      let inside = Paths.join(settings.saveDir, settings.restoreFile)
      path = exists(settings.restoreFile) || !exists(inside) ? settings.restoreFile : inside
    } else if exists(last) {
      path = last
    } else if let once = settings.continueOnce ?? settings.finetuneFromModel {
      path = once
    } else {
      return nil
    }
    self.settings = settings
    let loaded = try ModelFile.load(path, importers: importers)
    file = isNamed ? loaded : loaded.goingOn()
    try file.requireExactWeights(for: "training")
    // Models of other programs, imported now or earlier, were not trained here.
    let comesFromElsewhere = file.header.progress == nil && file.header.criterion == nil
    guard isNamed || comesFromElsewhere || file.header.progress != nil else {
      throw UserError(
        "\(path) holds a model without a state of training: begin from it with "
          + "--finetune-from-model"
      )
    }
    isNewRun = isNamed || comesFromElsewhere
    reasonToBeginAnew =
      comesFromElsewhere && !isNamed
      ? "\(path) has no state of training that can go on here"
        + (file.imported?.trainingIsLost.map { " (\($0))" } ?? "")
        + ": the optimizer and the schedule begin anew" : nil
    resetsOptimizer = settings.resetOptimizer || isNewRun
  }

  private static func check(_ settings: CheckpointSettings) throws {
    if settings.finetuneFromModel != nil {
      guard settings.restoreFile == CheckpointSettings.lastName, settings.continueOnce == nil,
        !settings.resetsAnything
      else {
        throw OptionError.invalid(
          "--finetune-from-model cannot be combined with --restore-file, --continue-once or a "
            + "--reset- flag: it resets everything by itself"
        )
      }
    }
    if settings.continueOnce != nil, settings.restoreFile != CheckpointSettings.lastName {
      throw OptionError.invalid(
        "--continue-once cannot be combined with --restore-file: choose one of them")
    }
  }

  /// What goes on of another program's training; nil where none does.
  var summary: String? {
    guard file.imported?.training != nil, !resetsOptimizer, let progress = file.header.progress
    else { return nil }
    return "going on from \(progress.updates) updates of another program, with the moments of its "
      + "optimizer; epoch \(progress.epoch) begins anew, in an order of its own"
  }

  /// The seed of the run that goes on; nil when a new run begins.
  var savedSeed: Int? { isNewRun ? nil : file.header.progress?.seed }

  /// The settings that the optimizer of the checkpoint had, when its state is taken over.
  ///
  /// - Throws: `UserError` when it is another optimizer.
  package func optimizerSettings(for name: String) throws -> JSONValue? {
    guard !resetsOptimizer, let saved = file.header.optimizer else { return nil }
    guard saved.name == name else {
      throw UserError(
        "\(file.path) was trained with --optimizer \(saved.name), not \(name): choose it, or "
          + "begin anew with --reset-optimizer"
      )
    }
    return saved.settings.merging(settings.optimizerOverrides)
  }

  /// Refuses data or a criterion that are not the checkpoint's.
  ///
  /// - Parameters:
  ///   - identity: the task's, which must be the checkpoint's.
  ///   - criterion: the name of the criterion, which must be the checkpoint's unless the optimizer
  ///     begins anew.
  func check(identity: [String: String], criterion: String) throws {
    let header = file.header
    for (name, value) in header.identity.sorted(by: { $0.key < $1.key }) {
      guard let own = identity[name], own != value else { continue }
      throw UserError(
        "\(file.path) was trained with another \(name) (\(value) instead of \(own)): use the data "
          + "it was trained on"
      )
    }
    if !resetsOptimizer, let saved = header.criterion, saved.name != criterion {
      throw UserError(
        "\(file.path) was trained with --criterion \(saved.name), not \(criterion): choose it, or "
          + "begin anew with --reset-optimizer"
      )
    }
  }

  /// Whether the checkpoint has an optimizer's state of a name.
  func knows(_ state: String) -> Bool {
    let prefix = "\(CheckpointHeader.optimizerPrefix)\(state)/"
    return file.checkpoint?.names.contains { $0.hasPrefix(prefix) } ?? false
  }

  /// Fills a model and its optimizer, and tells where training stands.
  ///
  /// - Parameters:
  ///   - identity: the task's, which must be the checkpoint's.
  ///   - criterion: the name of the criterion, which must be the checkpoint's unless the optimizer
  ///     begins anew.
  ///   - seed: the seed of a run that begins anew.
  public func restore(
    _ model: any Model, _ optimizer: any Optimizer, identity: [String: String], criterion: String,
    seed: Int
  ) throws -> TrainingProgress {
    try check(identity: identity, criterion: criterion)
    let header = file.header
    try file.fill(model)
    var progress = header.progress ?? TrainingProgress()
    if isNewRun {
      progress = TrainingProgress()
      progress.seed = seed
      return progress
    }
    if resetsOptimizer {
      progress.updates = 0
      progress.scheduler = nil
    } else {
      try file.fill(optimizer, of: model.parameters, names: model.fileNames)
      optimizer.stepCount = header.optimizerSteps
    }
    if settings.resetLrScheduler { progress.scheduler = nil }
    if settings.resetMeters { progress.memories = [:] }
    if settings.resetMeters || settings.resetOptimizer { progress.best = nil }
    if settings.resetDataloader {
      progress.epoch = 1
      progress.offset = 0
      progress.batches = nil
      progress.postponed = []
    }
    return progress
  }
}

/// Where and when checkpoints are written and read, under fairseq's names.
public struct CheckpointSettings: Configuration, Equatable {
  /// The name of the checkpoint that training goes on from by itself.
  static let lastName = "checkpoint_last.safetensors"

  /// The folder of checkpoints.
  public var saveDir = "checkpoints"
  /// The checkpoint to go on from; the default lies in ``saveDir``.
  public var restoreFile = Self.lastName
  /// A checkpoint to go on from while there is no last one.
  public var continueOnce: String?
  /// A model to begin from, its parameters only, while there is no last checkpoint.
  public var finetuneFromModel: String?
  /// Whether the optimizer's state, the schedule and the count of updates begin anew.
  public var resetOptimizer = false
  /// Whether the schedule begins anew.
  public var resetLrScheduler = false
  /// Whether averages, best value and patience begin anew.
  public var resetMeters = false
  /// Whether training begins at the first epoch.
  public var resetDataloader = false
  /// Settings to lay over the checkpoint's for the optimizer.
  public var optimizerOverrides: JSONValue = [:]
  /// Epochs between checkpoints.
  public var saveInterval = 1
  /// Updates between checkpoints within an epoch; 0 for none.
  public var saveIntervalUpdates = 0
  /// How many of the latter are kept; negative for all.
  public var keepIntervalUpdates = -1
  /// Checkpoints at multiples of this many updates are always kept.
  public var keepIntervalUpdatesPattern = -1
  /// How many checkpoints of epochs are kept; negative for all.
  public var keepLastEpochs = -1
  /// How many of the best checkpoints are kept under their values.
  public var keepBestCheckpoints = -1
  /// Whether nothing is saved.
  public var noSave = false
  /// Whether only the last and best checkpoints are written.
  public var noEpochCheckpoints = false
  /// Whether the last checkpoint is not written.
  public var noLastCheckpoints = false
  /// Whether the optimizer's state is left out.
  public var noSaveOptimizerState = false

  /// fairseq's defaults.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] { reading + writing }

  private static var reading: [Option<Self>] {
    [
      Option("save-dir", \.saveDir, "folder of checkpoints"),
      Option(
        "restore-file", \.restoreFile, "checkpoint to resume from; the default is in --save-dir"),
      Option(
        "continue-once", \.continueOnce,
        "checkpoint to resume from when --save-dir has no last checkpoint"),
      Option(
        "finetune-from-model", \.finetuneFromModel,
        "model whose parameters to start from when --save-dir has no last checkpoint"),
      Option(
        "reset-optimizer", \.resetOptimizer,
        "reset the optimizer's state, the schedule and the number of updates"),
      Option("reset-lr-scheduler", \.resetLrScheduler, "reset the schedule"),
      Option("reset-meters", \.resetMeters, "reset averages, best value and patience"),
      Option("reset-dataloader", \.resetDataloader, "start again at the first epoch"),
      Option(
        "optimizer-overrides", \.optimizerOverrides,
        "optimizer settings that replace the checkpoint's"),
    ]
  }

  private static var writing: [Option<Self>] {
    [
      Option(
        "save-interval", \.saveInterval, in: .from(0),
        "number of epochs between two checkpoints; 0 for none"),
      Option(
        "save-interval-updates", \.saveIntervalUpdates, in: .from(0),
        "number of updates between two checkpoints within epochs; 0 for none"
      ),
      Option(
        "keep-interval-updates", \.keepIntervalUpdates, in: .from(-1),
        "number of checkpoints within epochs to keep; negative for all"),
      Option(
        "keep-interval-updates-pattern", \.keepIntervalUpdatesPattern, in: .from(-1),
        "always keep those at multiples of this many updates"),
      Option(
        "keep-last-epochs", \.keepLastEpochs, in: .from(-1),
        "number of epoch checkpoints to keep; negative for all"),
      Option(
        "keep-best-checkpoints", \.keepBestCheckpoints, in: .from(-1),
        "number of best checkpoints to keep, with their values in the names"),
      Option("no-save", \.noSave, "write no checkpoints"),
      Option(
        "no-epoch-checkpoints", \.noEpochCheckpoints,
        "write the last and the best checkpoint only"),
      Option("no-last-checkpoints", \.noLastCheckpoints, "do not write the last checkpoint"),
      Option(
        "no-save-optimizer-state", \.noSaveOptimizerState,
        "leave the optimizer's state out of checkpoints"),
    ]
  }

  /// Whether any part of a checkpoint's state is to be left aside.
  var resetsAnything: Bool {
    resetOptimizer || resetLrScheduler || resetMeters || resetDataloader
  }
}

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
        "restore-file", \.restoreFile, "checkpoint to go on from; the default lies in --save-dir"),
      Option(
        "continue-once", \.continueOnce,
        "checkpoint to go on from while --save-dir has no last one"),
      Option(
        "finetune-from-model", \.finetuneFromModel,
        "model whose parameters to begin from while --save-dir has no last checkpoint"),
      Option(
        "reset-optimizer", \.resetOptimizer,
        "begin the optimizer's state, the schedule and the count of updates anew"),
      Option("reset-lr-scheduler", \.resetLrScheduler, "begin the schedule anew"),
      Option("reset-meters", \.resetMeters, "begin averages, best value and patience anew"),
      Option("reset-dataloader", \.resetDataloader, "begin at the first epoch"),
      Option(
        "optimizer-overrides", \.optimizerOverrides,
        "settings that replace the checkpoint's for the optimizer"),
    ]
  }

  private static var writing: [Option<Self>] {
    [
      Option("save-interval", \.saveInterval, in: .from(0), "save every so many epochs"),
      Option(
        "save-interval-updates", \.saveIntervalUpdates, in: .from(0),
        "save every so many updates too; 0 for not"
      ),
      Option(
        "keep-interval-updates", \.keepIntervalUpdates, in: .from(-1),
        "keep so many of the checkpoints within epochs; negative for all"),
      Option(
        "keep-interval-updates-pattern", \.keepIntervalUpdatesPattern, in: .from(-1),
        "always keep those at multiples of so many updates"),
      Option(
        "keep-last-epochs", \.keepLastEpochs, in: .from(-1),
        "keep so many checkpoints of epochs; negative for all"),
      Option(
        "keep-best-checkpoints", \.keepBestCheckpoints, in: .from(-1),
        "keep so many of the best checkpoints under their values"),
      Option("no-save", \.noSave, "write no checkpoints"),
      Option("no-epoch-checkpoints", \.noEpochCheckpoints, "write last and best only"),
      Option("no-last-checkpoints", \.noLastCheckpoints, "do not write the last checkpoint"),
      Option(
        "no-save-optimizer-state", \.noSaveOptimizerState, "leave out the optimizer's state"),
    ]
  }

  /// Whether any part of a checkpoint's state is to be left aside.
  var resetsAnything: Bool {
    resetOptimizer || resetLrScheduler || resetMeters || resetDataloader
  }
}

/// What a training leaves.
public struct TrainingResult {
  /// Why it ended.
  public let reason: StopReason
  /// Where it stands.
  public let progress: TrainingProgress
  /// The trained model.
  public let model: any Model
  /// The last validation of each set, in the task's order.
  public let validations: [Validation]
  /// The files of the last checkpoint.
  public let paths: [String]
  private let contents: CheckpointContents

  init(
    reason: StopReason, progress: TrainingProgress, model: any Model, recorder: ResultRecorder,
    contents: CheckpointContents
  ) {
    (self.reason, self.progress, self.model) = (reason, progress, model)
    (validations, paths) = (recorder.validations, recorder.paths)
    self.contents = contents
  }

  /// The best value of the validation metric; nil when nothing was validated.
  public var best: Double? { progress.best }

  /// Writes the model as it is now, without the state of its training, for generation.
  ///
  /// - Throws: when the file cannot be written, or parameters are not finite.
  public func saveModel(to path: String) throws {
    var model = contents
    model.optimizer = nil
    try model.write(to: path)
  }
}

/// Keeps what a result tells of validations and files.
final class ResultRecorder: TrainingObserver {
  private(set) var validations: [Validation] = []
  private(set) var paths: [String] = []

  func validated(_ validation: Validation) {
    validations.removeAll { $0.name == validation.name }
    validations.append(validation)
  }

  func saved(_ checkpoint: CheckpointInfo) { paths = checkpoint.paths }
}

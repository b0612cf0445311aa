/// Where the training of another program's model stands, as far as it can go on here.
package struct ImportedTraining: Sendable {
  /// The name of the criterion; nil where the file says none.
  package var criterion: String?
  /// The optimizer with its settings.
  package var optimizer: ComponentRecord
  /// How many steps the optimizer's state has seen.
  package var steps: Int
  /// The updates made, the epoch and the seed.
  package var progress: TrainingProgress
  /// The parts of the optimizer's state, such as `exp_avg`, each under the names of the model's
  /// tensors.
  package var state: [String: any TensorSource]

  /// Describes a training.
  package init(
    optimizer: ComponentRecord, steps: Int, progress: TrainingProgress,
    state: [String: any TensorSource]
  ) {
    (self.optimizer, self.steps, self.progress) = (optimizer, steps, progress)
    self.state = state
  }
}

extension ModelFile {
  /// The same file, with the training of another program as if it were its own.
  func goingOn() -> ModelFile {
    guard let training = imported?.training else { return self }
    var header = header
    header.criterion = training.criterion.map { ComponentRecord(name: $0) }
    header.optimizer = training.optimizer
    header.optimizerSteps = training.steps
    header.progress = training.progress
    return with(header)
  }
}

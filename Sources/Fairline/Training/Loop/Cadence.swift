/// When validation and saving are due, by fairseq's rules; asked after each update.
package struct Cadence: Sendable, Equatable {
  /// When a model is validated.
  package var validation: ValidationSettings
  /// Epochs between checkpoints.
  package var saveInterval = 1
  /// Updates between checkpoints within an epoch; 0 for none.
  package var saveIntervalUpdates = 0

  /// Makes a cadence.
  package init(
    _ validation: ValidationSettings = ValidationSettings(), saveInterval: Int = 1,
    saveIntervalUpdates: Int = 0
  ) {
    self.validation = validation
    self.saveInterval = saveInterval
    self.saveIntervalUpdates = saveIntervalUpdates
  }

  /// What is to be done after an update.
  package struct Due: Equatable, Sendable {
    /// Whether to validate.
    package var validates: Bool
    /// Whether to save.
    package var saves: Bool
  }

  /// What is due after `updates` updates.
  ///
  /// - Parameters:
  ///   - epoch: the epoch of the update.
  ///   - endsEpoch: whether the update was the epoch's last.
  ///   - stops: whether training ends with this update.
  package func due(updates: Int, epoch: Int, endsEpoch: Bool, stops: Bool) -> Due {
    let isWarm = updates >= validation.validateAfterUpdates
    let saves =
      (endsEpoch && Self.hits(epoch, saveInterval)) || stops
      || (updates > 0 && isWarm && Self.hits(updates, saveIntervalUpdates))
    let validates =
      (saves && !endsEpoch) || (endsEpoch && Self.hits(epoch, validation.validateInterval)) || stops
      || Self.hits(updates, validation.validateIntervalUpdates)
    return Due(validates: validates && isWarm && !validation.disableValidation, saves: saves)
  }

  private static func hits(_ number: Int, _ interval: Int) -> Bool {
    interval > 0 && number % interval == 0
  }
}

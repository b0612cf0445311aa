/// Ends training when validation no longer improves: `--patience`.
///
/// An equal value is no improvement. The count is kept in checkpoints.
package struct EarlyStopping: TrainingObserver {
  private struct Memory: Codable {
    var best: Double?
    var count = 0
  }

  private let patience: Int
  private let order: MetricOrder
  private var state = Memory()

  /// Makes an observer that bears `patience` validations without improvement; one that is not
  /// positive bears any number.
  package init(patience: Int, order: MetricOrder) {
    self.patience = patience
    self.order = order
  }

  /// The best value and the validations since.
  package var memory: JSONValue? { try? JSONValue(encoding: state) }

  /// Goes on counting.
  package mutating func recall(_ memory: JSONValue) {
    state = (try? memory.decoded(as: Memory.self)) ?? state
  }

  /// Counts a validation of the first set.
  package mutating func validated(_ validation: Validation) {
    guard let value = validation.metric else { return }
    if order.isBetter(value, than: state.best) {
      state = Memory(best: value)
    } else {
      state.count += 1
    }
  }

  /// The wish to end, when patience is at its end.
  package var stopReason: StopReason? {
    patience > 0 && state.count >= patience ? .patience(patience) : nil
  }
}

/// When a model is validated and what counts as better, under fairseq's names.
public struct ValidationSettings: Configuration, Equatable {
  /// Epochs between validations.
  public var validateInterval = 1
  /// Updates between validations; 0 for none within an epoch.
  public var validateIntervalUpdates = 0
  /// Updates before the first validation and the first save within an epoch.
  public var validateAfterUpdates = 0
  /// Whether there is no validation at all.
  public var disableValidation = false
  /// The value by which models are compared.
  public var bestCheckpointMetric = "loss"
  /// Whether a larger value is better.
  public var maximizeBestCheckpointMetric = false
  /// Validations without improvement after which training ends; not positive for never.
  public var patience = -1

  /// fairseq's defaults.
  public init() {}

  /// The flags.
  public static var options: [Option<Self>] {
    [
      Option(
        "validate-interval", \.validateInterval, in: .from(0),
        "number of epochs between two validations; 0 for none"),
      Option(
        "validate-interval-updates", \.validateIntervalUpdates, in: .from(0),
        "number of updates between two validations within epochs; 0 for none"),
      Option(
        "validate-after-updates", \.validateAfterUpdates, in: .from(0),
        "neither validate nor save within an epoch before this many updates"),
      Option("disable-validation", \.disableValidation, "do not validate"),
      Option(
        "best-checkpoint-metric", \.bestCheckpointMetric,
        "validation value that decides which model is best: loss, nll_loss, ppl, bleu"),
      Option(
        "maximize-best-checkpoint-metric", \.maximizeBestCheckpointMetric,
        "larger validation values are better"),
      Option(
        "patience", \.patience, in: .from(-1),
        "stop after this many validations without improvement; negative for never"),
    ]
  }
}

/// Which of two validation values is better.
package struct MetricOrder: Sendable, Equatable {
  /// Whether the larger one is.
  package var maximizes: Bool

  /// Makes an order.
  package init(maximizes: Bool) { self.maximizes = maximizes }

  /// Whether `value` is strictly better than `other`.
  ///
  /// A finite number is better than none; what is not finite is never better.
  package func isBetter(_ value: Double, than other: Double?) -> Bool {
    guard value.isFinite else { return false }
    guard let other, other.isFinite else { return true }
    return maximizes ? value > other : value < other
  }

  /// Whether `value` is better than `other` or equal to it.
  func isAtLeastAsGood(_ value: Double, as other: Double?) -> Bool {
    value == other || isBetter(value, than: other)
  }
}

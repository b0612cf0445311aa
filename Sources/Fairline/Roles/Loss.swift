public import FairlineTensor

/// The loss of a batch: what is differentiated, and what is reported.
public struct Loss {
  /// The sum over the batch. `[1]`
  public let value: Tensor
  /// What is reported.
  public let record: LossRecord

  /// Makes a loss.
  public init(value: Tensor, record: LossRecord) {
    self.value = value
    self.record = record
  }
}

/// Sums of what a criterion measured, which add up over batches.
public struct LossRecord: Sendable, Equatable, Codable {
  /// The sum of losses, in nats.
  public var loss = 0.0
  /// The sum of negative log-likelihoods, in nats; nil when the criterion has none beside its loss.
  public var negativeLogLikelihood: Double?
  /// Target symbols.
  public var tokens = 0
  /// Sentences.
  public var sentences = 0
  /// What the loss is divided by: tokens, or sentences.
  public var sampleSize = 0
  /// Further sums by name, each with its weight: the report shows sum / weight.
  public var measures: [String: Measure] = [:]

  /// A weighted sum.
  public struct Measure: Sendable, Equatable, Codable {
    /// The sum.
    public var sum: Double
    /// What the sum is divided by.
    public var weight: Double

    /// Makes a weighted sum.
    public init(sum: Double, weight: Double) {
      self.sum = sum
      self.weight = weight
    }
  }

  /// Makes an empty record.
  public init() {}

  /// Adds another batch's record.
  public mutating func add(_ other: LossRecord) {
    loss += other.loss
    if let more = other.negativeLogLikelihood {
      negativeLogLikelihood = (negativeLogLikelihood ?? 0) + more
    }
    tokens += other.tokens
    sentences += other.sentences
    sampleSize += other.sampleSize
    for (name, more) in other.measures {
      let old = measures[name] ?? Measure(sum: 0, weight: 0)
      measures[name] = Measure(sum: old.sum + more.sum, weight: old.weight + more.weight)
    }
  }
}

import Fairline
import FairlineTensor

/// Cross-entropy that counts symbols less the better they are predicted: `-(1 - p)^gamma log p`
/// (Lin and others 2017).
public struct FocalCriterion: Criterion {
  /// The settings.
  public struct Settings: Configuration {
    var gamma = 1.0

    public init() {}

    public static var options: [Option<Self>] {
      [
        Option(
          "focal-gamma", \.gamma, in: .from(0, to: 100),
          "how much less well predicted symbols count")
      ]
    }
  }

  private let gamma: Double

  /// Makes the criterion.
  public init(_ settings: Settings) { gamma = settings.gamma }

  /// Computes the loss of a batch with ordinary tensor operations.
  public func callAsFunction(
    _ model: any Model, _ batch: Batch, _ pass: ForwardPass
  ) -> Loss {
    let logProbabilities = model(batch, pass).logits.logSoftmax()  // [token, vocabulary]
    let right = logProbabilities.elements(at: batch.target)  // [token]
    let likelihood = -right.sum()
    // (1 - p)^gamma = exp(gamma log(1 - p)); a little keeps the logarithm finite.
    let missing = (right.exp() * -1 + 1.000001).log() * Float(gamma)
    let loss = -(missing.exp() * right).sum()
    var record = LossRecord(of: batch, averagesSentences: false)
    record.loss = Double(loss.scalar)
    record.negativeLogLikelihood = Double(likelihood.scalar)
    return Loss(value: loss, record: record)
  }
}

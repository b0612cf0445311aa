public import FairlineTensor

/// How predictions are judged in training.
public protocol Criterion: Sendable {
  /// Whether the loss of a batch is the sum of its sentences' losses, so that it may be computed in
  /// parts.
  var addsUpOverSentences: Bool { get }

  /// Computes the loss of a batch.
  func callAsFunction(_ model: any Model, _ batch: Batch, _ pass: ForwardPass) -> Loss
}

extension Criterion {
  /// No.
  public var addsUpOverSentences: Bool { false }
}

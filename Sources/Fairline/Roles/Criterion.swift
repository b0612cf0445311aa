public import FairlineTensor

/// How predictions are judged in training.
public protocol Criterion: Sendable {
  /// Computes the loss of a batch.
  func callAsFunction(_ model: any Model, _ batch: Batch, _ pass: ForwardPass) -> Loss
}

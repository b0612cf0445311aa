public import FairlineTensor

/// How predictions are judged in training.
public protocol Criterion: Sendable {
  /// Whether the loss of a batch is the sum of its sentences' losses, so that it may be computed in
  /// parts.
  var addsUpOverSentences: Bool { get }

  /// Refuses what it cannot be used with, before training begins.
  ///
  /// - Throws: `UserError` that names the flag.
  func check(_ model: any Model, _ task: any Task) throws

  /// Computes the loss of a batch.
  func callAsFunction(_ model: any Model, _ batch: Batch, _ pass: ForwardPass) -> Loss
}

extension Criterion {
  /// No.
  public var addsUpOverSentences: Bool { false }

  /// All models and tasks are taken.
  public func check(_ model: any Model, _ task: any Task) throws {}
}

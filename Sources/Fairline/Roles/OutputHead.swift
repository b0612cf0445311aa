public import FairlineTensor

/// The way from a model's states to its symbols.
public protocol OutputHead {
  /// Logits, or logarithms of probabilities.
  ///
  /// - Parameter states: `[row, channel]`
  /// - Returns: `[row, vocabulary]`
  func logits(of states: Tensor) -> Tensor

  /// The label-smoothed cross-entropy; by default that of all logits.
  ///
  /// - Parameters:
  ///   - states: `[row, channel]`
  ///   - targets: the right symbol of each row; negative ones count nothing. `[row]`
  /// - Returns: sums over the rows.
  func crossEntropy(of states: Tensor, targets: [Int32], smoothing: Float) -> CrossEntropy

  /// The logarithm of each target's probability, in nats; by default from all logits.
  ///
  /// - Parameters:
  ///   - targets: a symbol for each row. `[row]`
  ///   - states: `[row, channel]`
  /// - Returns: `[row]`
  func logProbabilities(of targets: [Int32], in states: Tensor) -> [Float]
}

extension OutputHead {
  /// That of all logits.
  public func crossEntropy(
    of states: Tensor, targets: [Int32], smoothing: Float
  ) -> CrossEntropy {
    logits(of: states).crossEntropy(targets: targets, smoothing: smoothing)
  }

  /// From all logits.
  public func logProbabilities(of targets: [Int32], in states: Tensor) -> [Float] {
    logits(of: states).logSoftmax().elements(at: targets).scalars
  }
}

extension AdaptiveProbabilities: OutputHead {}

/// One map from states to logits.
struct LinearHead: OutputHead {
  /// Shape `[vocabulary, channel]`.
  let projection: Tensor
  /// What is added, nil for nothing. `[vocabulary]`
  let bias: Tensor?

  func logits(of states: Tensor) -> Tensor { states.linear(weight: projection, bias: bias) }

  func crossEntropy(of states: Tensor, targets: [Int32], smoothing: Float) -> CrossEntropy {
    states.projectedCrossEntropy(
      weight: projection, bias: bias, targets: targets, smoothing: smoothing)
  }
}

/// States that are logits already.
struct FinishedLogits: OutputHead {
  func logits(of states: Tensor) -> Tensor { states }
}

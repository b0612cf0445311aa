public import FairlineTensor

/// A model's predictions for a batch, before the way to its symbols where there is one.
public struct ModelOutput {
  /// The states before the output projection `[target, channel]`, or logits `[target, vocabulary]`
  /// without one.
  public let states: Tensor
  /// The way from ``states`` to symbols.
  private let head: any OutputHead
  /// The attention over the source, when the model has one and was asked.
  public let attention: AttentionWeights?
  /// The attention that alignments guide, with gradients, where a batch has alignments: for each
  /// sentence `[target, source]`, one after the other. `[target * source]`
  public var alignment: Tensor?

  /// Makes an output from states and the way to symbols.
  ///
  /// - Parameter states: `[target, channel]`
  public init(states: Tensor, head: any OutputHead, attention: AttentionWeights? = nil) {
    self.states = states
    self.head = head
    self.attention = attention
  }

  /// Makes an output from states and an output projection.
  ///
  /// - Parameters:
  ///   - states: `[target, channel]`
  ///   - projection: `[vocabulary, channel]`
  ///   - bias: `[vocabulary]`, nil for none.
  public init(
    states: Tensor, projection: Tensor, bias: Tensor? = nil, attention: AttentionWeights? = nil
  ) {
    self.init(
      states: states, head: LinearHead(projection: projection, bias: bias), attention: attention)
  }

  /// Makes an output from logits.
  ///
  /// - Parameter logits: `[target, vocabulary]`
  public init(logits: Tensor, attention: AttentionWeights? = nil) {
    self.init(states: logits, head: FinishedLogits(), attention: attention)
  }

  /// The logits, computed when they are not there yet. `[target, vocabulary]`
  public var logits: Tensor { head.logits(of: states) }

  /// The logits of some rows, in their order. `[row, vocabulary]`
  func logits(of rows: [Int32]) -> Tensor { head.logits(of: states.rows(at: rows)) }

  /// The label-smoothed cross-entropy, without holding all logits where that is possible.
  ///
  /// - Parameter targets: `[target]`; negative symbols count nothing.
  public func crossEntropy(targets: [Int32], smoothing: Float = 0) -> CrossEntropy {
    head.crossEntropy(of: states, targets: targets, smoothing: smoothing)
  }

  /// The logarithm of each target's probability, in nats.
  ///
  /// - Parameters:
  ///   - targets: a symbol for each row. `[target]`
  ///   - rowsAtOnce: rows whose logits exist at the same time: it changes memory, not the result.
  /// - Returns: `[target]`
  public func logProbabilities(of targets: [Int32], rowsAtOnce: Int = 1024) -> [Float] {
    let rows = states.shape[0]
    precondition(targets.count == rows, "\(targets.count) targets for \(rows) rows")
    var result: [Float] = []
    result.reserveCapacity(rows)
    for first in stride(from: 0, to: rows, by: max(rowsAtOnce, 1)) {
      let range = first..<min(first + max(rowsAtOnce, 1), rows)
      result += head.logProbabilities(of: Array(targets[range]), in: states.sliced(range))
    }
    return result
  }
}

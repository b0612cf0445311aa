public import FairlineTensor
import Foundation

/// Label-smoothed cross-entropy of two passes with different dropout, and how far apart their
/// predictions are (Wu and others 2021, "R-Drop: Regularized dropout for neural networks").
///
/// `loss = CE(p) + CE(q) + alpha * (KL(p, q) + KL(q, p)) / 2`, summed over target symbols and
/// divided by those of one pass, as fairseq does. In evaluation there is one pass and no
/// divergence.
public struct RDropCriterion: Criterion {
  /// The settings.
  public struct Settings: Configuration, Equatable {
    /// The probability taken from the right symbol.
    public var labelSmoothing = 0.0
    /// Whether the share of exactly predicted symbols is reported.
    public var reportAccuracy = false
    /// How many target symbols of each sentence do not count.
    public var ignorePrefixSize = 0
    /// What the divergence of both passes is multiplied by.
    public var rdropAlpha = 0.0

    /// fairseq's defaults.
    public init() {}

    /// The flags.
    public static var options: [Option<Self>] {
      [
        Option(
          "label-smoothing", \.labelSmoothing, in: .from(0, below: 1),
          "probability taken from the right symbol"),
        Option("report-accuracy", \.reportAccuracy, "report how many symbols are predicted"),
        Option(
          "ignore-prefix-size", \.ignorePrefixSize, in: .from(0),
          "leave out the first target symbols"),
        Option(
          "rdrop-alpha", \.rdropAlpha, in: .from(0, to: 1000),
          "weight of the divergence between two passes with different dropout"),
      ]
    }
  }

  private let settings: Settings
  private let averagesSentences: Bool

  /// Yes.
  public var addsUpOverSentences: Bool { true }

  /// Makes the criterion.
  public init(_ settings: Settings, _ context: CriterionContext) throws {
    try settings.checkRanges()
    self.settings = settings
    averagesSentences = context.averagesSentences
  }

  /// Refuses models with an adaptive softmax.
  public func check(_ model: any Model, _ task: any Task) throws {
    try refuseAdaptiveSoftmax(model, for: "label_smoothed_cross_entropy_with_rdrop")
  }

  /// Computes the loss of a batch.
  public func callAsFunction(
    _ model: any Model, _ batch: Batch, _ pass: ForwardPass
  ) -> Loss {
    let targets = batch.targets(ignoring: settings.ignorePrefixSize)
    let isDoubled = pass.isTraining
    let logits = model(isDoubled ? batch.doubled : batch, pass).logits  // [target, vocabulary]
    let all = isDoubled ? targets + targets : targets
    let sums = logits.crossEntropy(targets: all, smoothing: Float(settings.labelSmoothing))
    var record = LossRecord(of: batch, averagesSentences: averagesSentences)
    record.negativeLogLikelihood = sums.negativeLogLikelihood
    if settings.reportAccuracy {
      record.measures["accuracy"] = LossRecord.Measure(
        sum: 100 * Double(sums.correct), weight: Double(all.count { $0 >= 0 }))
    }
    guard isDoubled, settings.rdropAlpha > 0 else {
      record.loss = sums.lossSum
      return Loss(value: sums.loss, record: record)
    }
    let divergence = Self.divergence(logits, targets)
    let kl = Double(divergence.scalar)
    record.loss = sums.lossSum + settings.rdropAlpha * kl
    record.measures["rdrop_kl_loss"] = LossRecord.Measure(
      sum: kl / log(2), weight: Double(record.sampleSize))
    return Loss(value: sums.loss + divergence * Float(settings.rdropAlpha), record: record)
  }

  /// The mean of both divergences of the first half of the rows from the second, summed over the
  /// rows that count. `[1]`
  private static func divergence(_ logits: Tensor, _ targets: [Int32]) -> Tensor {
    let counted = targets.indices.filter { targets[$0] >= 0 }.map(Int32.init)
    let logs = logits.logSoftmax()
    let p = logs.rows(at: counted)
    let q = logs.rows(at: counted.map { $0 + Int32(targets.count) })
    return ((p.exp() - q.exp()) * (p - q)).sum() * 0.5
  }
}

extension Batch {
  /// The targets, without those at the first places of each sentence. `[target]`
  func targets(ignoring prefix: Int) -> [Int32] {
    guard prefix > 0 else { return target }
    var targets = target
    for row in 0..<decoderInput.segments.count {
      for place in decoderInput.segments[row].prefix(prefix) { targets[place] = -1 }
    }
    return targets
  }

  /// The batch twice, one after the other.
  var doubled: Batch {
    func twice(_ tokens: PackedTokens) -> PackedTokens {
      PackedTokens(
        ids: tokens.ids + tokens.ids,
        segments: Segments(lengths: tokens.segments.lengths + tokens.segments.lengths))
    }
    return Batch(
      ids: ids + ids, source: twice(source), decoderInput: twice(decoderInput),
      target: target + target)
  }
}

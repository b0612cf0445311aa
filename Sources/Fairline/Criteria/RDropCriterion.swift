package import FairlineTensor
import Foundation

/// Label-smoothed cross-entropy of two passes with different dropout, and how far apart their
/// predictions are (Wu and others 2021, "R-Drop: Regularized dropout for neural networks").
///
/// `loss = CE(p) + CE(q) + alpha * (KL(p, q) + KL(q, p)) / 2`, summed over target symbols and
/// divided by those of one pass, as fairseq does. In evaluation there is one pass and no
/// divergence.
package struct RDropCriterion: Criterion {
  /// The settings.
  package struct Settings: SmoothedSettings, Equatable {
    /// The probability taken from the right symbol.
    package var labelSmoothing = 0.0
    /// Whether the share of exactly predicted symbols is reported.
    package var reportAccuracy = false
    /// How many target symbols of each sentence do not count.
    package var ignorePrefixSize = 0
    /// What the divergence of both passes is multiplied by.
    package var rdropAlpha = 0.0

    /// fairseq's defaults.
    package init() {}

    /// The flags.
    package static var options: [Option<Self>] {
      smoothingOptions + [
        Option(
          "rdrop-alpha", \.rdropAlpha, in: .from(0, to: 1000),
          "weight of the divergence between two passes with different dropout")
      ]
    }
  }

  private let counts: SmoothedCounts<Settings>

  /// Yes.
  package var addsUpOverSentences: Bool { true }

  /// Makes the criterion.
  package init(_ settings: Settings, _ context: CriterionContext) throws {
    counts = try SmoothedCounts(settings, context)
  }

  /// Refuses models with an adaptive softmax.
  package func check(_ model: any Model, _ task: any Task) throws {
    try refuseAdaptiveSoftmax(model, for: "label_smoothed_cross_entropy_with_rdrop")
  }

  /// Computes the loss of a batch.
  package func callAsFunction(
    _ model: any Model, _ batch: Batch, _ pass: ForwardPass
  ) -> Loss {
    let settings = counts.settings
    let targets = batch.targets(ignoring: settings.ignorePrefixSize)
    let isDoubled = pass.isTraining
    let logits = model(isDoubled ? batch.doubled : batch, pass).logits  // [target, vocabulary]
    let all = isDoubled ? targets + targets : targets
    let sums = logits.crossEntropy(targets: all, smoothing: counts.smoothing)
    var record = counts.record(batch, sums, over: all)
    guard isDoubled, settings.rdropAlpha > 0 else {
      return Loss(value: sums.loss, record: record)
    }
    let divergence = Self.divergence(logits, targets)
    let kl = Double(divergence.scalar)
    record.loss += settings.rdropAlpha * kl
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

public import FairlineTensor
import Foundation

/// Label-smoothed cross-entropy, and how well one layer attends to what target words are aligned
/// with (Garg and others 2019, "Jointly learning to align and translate").
///
/// `loss = CE + lambda * sum over links of -w * log(attention of the link)`, where a target word's
/// links share a weight of 1. Sentences without alignments count with their cross-entropy only.
public struct AlignmentCriterion: Criterion {
  /// The settings.
  public struct Settings: Configuration, Equatable {
    /// The probability taken from the right symbol.
    public var labelSmoothing = 0.0
    /// Whether the share of exactly predicted symbols is reported.
    public var reportAccuracy = false
    /// How many target symbols of each sentence do not count.
    public var ignorePrefixSize = 0
    /// What the alignments' loss is multiplied by.
    public var alignmentLambda = 0.05

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
          "alignment-lambda", \.alignmentLambda, in: .from(0, to: 1000),
          "weight of the alignments' loss"),
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

  /// Refuses models that attend to nothing, and data without alignments.
  public func check(_ model: any Model, _ task: any Task) throws {
    try refuseAdaptiveSoftmax(model, for: "label_smoothed_cross_entropy_with_alignment")
    guard model.alignsTargets else {
      throw UserError(
        "--criterion label_smoothed_cross_entropy_with_alignment needs attention that it can "
          + "guide: use --arch transformer_align")
    }
    guard task.suppliesAlignments else {
      throw UserError(
        "--criterion label_smoothed_cross_entropy_with_alignment needs aligned data: give "
          + "--load-alignments, and preprocess with --align-suffix")
    }
  }

  /// Computes the loss of a batch.
  public func callAsFunction(
    _ model: any Model, _ batch: Batch, _ pass: ForwardPass
  ) -> Loss {
    let targets = batch.targets(ignoring: settings.ignorePrefixSize)
    let output = model(batch, pass)
    let sums = output.crossEntropy(
      targets: targets, smoothing: Float(settings.labelSmoothing))
    var record = LossRecord(of: batch, averagesSentences: averagesSentences)
    record.loss = sums.lossSum
    record.negativeLogLikelihood = sums.negativeLogLikelihood
    if settings.reportAccuracy {
      record.measures["accuracy"] = LossRecord.Measure(
        sum: 100 * Double(sums.correct), weight: Double(targets.count { $0 >= 0 }))
    }
    let links = AlignmentLinks(batch)
    guard let attention = output.alignment, !links.places.isEmpty else {
      return Loss(value: sums.loss, record: record)
    }
    let chosen = attention.reshaped(to: [attention.count, 1]).rows(at: links.places)
    let weights = Tensor(links.weights, shape: [links.weights.count, 1])
    let loss = -(chosen.log() * weights).sum()  // [1]
    let sum = Double(loss.scalar)
    record.loss += settings.alignmentLambda * sum
    record.measures["alignment_loss"] = LossRecord.Measure(
      sum: sum / log(2), weight: Double(record.sampleSize))
    return Loss(value: sums.loss + loss * Float(settings.alignmentLambda), record: record)
  }
}

/// The links of a batch among all weights of its sentences, one sentence after the other, each
/// `[target, source]`.
private struct AlignmentLinks {
  private(set) var places: [Int32] = []
  private(set) var weights: [Float] = []

  init(_ batch: Batch) {
    guard let alignments = batch.alignments else { return }
    var first = 0
    for (row, links) in alignments.enumerated() {
      let (sources, targets) = (
        batch.source.segments.length(row), batch.decoderInput.segments.length(row)
      )
      defer { first += sources * targets }
      // The ends are not aligned; a sentence whose links point beyond its words counts as one
      // without links, as in fairseq.
      guard links.allSatisfy({ $0.source < sources - 1 && $0.target < targets - 1 }) else {
        continue
      }
      var counts: [Int: Int] = [:]
      for link in links { counts[link.target, default: 0] += 1 }
      for link in links {
        places.append(Int32(first + link.target * sources + link.source))
        weights.append(1 / Float(counts[link.target] ?? 1))
      }
    }
  }
}

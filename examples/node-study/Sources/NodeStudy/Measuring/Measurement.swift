import Fairline
import FairlineTensor

/// A model's loss on the validation set, with what its solves cost.
package struct Measurement: Codable, Equatable, Sendable {
  /// The negative log-likelihood in bits per target symbol.
  package var bits = 0.0
  /// Evaluations of the encoder's field per solve.
  package var encoder = 0.0
  /// Evaluations of the decoder's field per solve.
  package var decoder = 0.0

  /// Names what was measured.
  package init(bits: Double, encoder: Double, decoder: Double) {
    (self.bits, self.encoder, self.decoder) = (bits, encoder, decoder)
  }

  /// Validates a model without dropout.
  init(_ model: any Model, on task: any Task) throws {
    let result = try Validation(
      of: model, on: task.validationSets.first ?? "valid", of: task,
      by: CrossEntropyCriterion(CriterionContext(task: task.description)))
    bits = result.record.bits
    func mean(_ side: String) -> Double {
      StatisticsReport.Column.sum(of: "\(side).*.evaluations").value(in: result.statistics) ?? 0
    }
    (encoder, decoder) = (mean("encoder"), mean("decoder"))
  }
}

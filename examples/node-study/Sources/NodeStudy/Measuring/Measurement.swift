import Fairline
import FairlineScoring
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
    let criterion = CrossEntropyCriterion(CriterionContext(task: task.description))
    let source = try task.validation(task.validationSets.first ?? "valid")
    var record = LossRecord()
    var statistics = Statistics()
    for index in 0..<source.count {
      let pass = ForwardPass.evaluation()
      record.add(criterion(model, try source.batch(index), pass).record)
      statistics.merge(pass.statistics)
    }
    bits = record.bits
    encoder = statistics.sum("encoder.", ".evaluations")
    decoder = statistics.sum("decoder.", ".evaluations")
  }
}

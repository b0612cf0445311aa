import FairlineTensor

/// Cross-entropy of models with an adaptive softmax, in nats, summed over the batch: of each symbol
/// only the way to it is computed (Grave and others 2017, "Efficient softmax approximation for
/// GPUs").
struct AdaptiveLossCriterion: Criterion {
  private let plain: CrossEntropyCriterion

  /// Yes.
  var addsUpOverSentences: Bool { true }

  /// Makes the criterion.
  init(_ context: CriterionContext) { plain = CrossEntropyCriterion(context) }

  /// Refuses models that have one softmax over all symbols.
  func check(_ model: any Model, _ task: any Task) throws {
    guard model.hasAdaptiveSoftmax else {
      throw UserError(
        "--criterion adaptive_loss needs a model with an adaptive softmax: give "
          + "--adaptive-softmax-cutoff with an --arch that has it, such as transformer_lm, "
          + "transformer or lstm, or use --criterion cross_entropy")
    }
  }

  /// Computes the loss of a batch.
  func callAsFunction(
    _ model: any Model, _ batch: Batch, _ pass: ForwardPass
  ) -> Loss {
    plain(model, batch, pass)
  }
}

extension Criterion {
  /// Refuses models with an adaptive softmax, for criteria that need all symbols' probabilities.
  ///
  /// - Parameter name: the criterion's.
  func refuseAdaptiveSoftmax(_ model: any Model, for name: String) throws {
    guard !model.hasAdaptiveSoftmax else {
      throw UserError(
        "--criterion \(name) needs the probabilities of all symbols, which a model with "
          + "--adaptive-softmax-cutoff does not compute in training: use --criterion "
          + "adaptive_loss")
    }
  }
}

import FairlineTensor

/// One update: forward and backward passes of micro-batches, clipping, the optimizer.
struct UpdateStep {
  let model: any Model
  let criterion: any Criterion
  let optimizer: any Optimizer
  let clipNorm: Double
  let seed: Int
  /// The most tokens of a micro-batch that are computed at once, where model and criterion allow
  /// parts; 0 for any number.
  let tokensAtOnce: Int
  let exchange: any GradientExchange
  /// What stays as it is; nil for nothing.
  var frozen: FrozenParameters?

  /// Computes and applies an update.
  ///
  /// Gradients of sums add up over micro-batches and are normalised once, so that micro-batches are
  /// exactly one large batch; the same holds for the parts of one. Dropout depends on seed, update,
  /// the micro-batch's place in it and part only.
  ///
  /// - Parameters:
  ///   - batches: those that this rank computes.
  ///   - count: how many batches the update has on all ranks.
  ///   - update: receives what was measured; its `number` counts the updates before.
  func run(
    _ batches: [MicroBatch], of count: Int, at rate: Double, _ update: inout Update
  ) throws {
    let parameters = model.parameters
    parameters.prepareGradients()
    addGradients(of: batches, &update)
    try exchange.add(parameters.gradients, &update)
    if update.outcome != .applied { return }
    frozen?.clearGradients()
    if let (_, refusal) = update.refusals.first, update.refusals.count == count {
      update.outcome = .refused(refusal.reason)
      return
    }
    let scale = 1 / Double(max(update.record.sampleSize, 1))
    update.gradientNorm =
      Profile.measure(.gradientNorm) { parameters.gradients.squaredNorm.squareRoot() } * scale
    guard update.gradientNorm.isFinite else {
      let names = batches.map(\.name).joined(separator: ", ")
      update.outcome = .skipped("the gradient of \(names) is not finite")
      return
    }
    var factor = scale
    if clipNorm > 0 {
      update.isClipped = update.gradientNorm > clipNorm
      factor *= min(1, clipNorm / (update.gradientNorm + 1e-6))
    }
    optimizer.update(rate: rate, gradientScale: Float(factor))
    frozen?.restore()
    update.number += 1
  }

  /// Goes forward and back through the batches, up to one whose loss is not finite.
  private func addGradients(of batches: [MicroBatch], _ update: inout Update) {
    let limit = model.computesSentencesApart && criterion.addsUpOverSentences ? tokensAtOnce : 0
    for micro in batches {
      for (part, sentences) in micro.batch.parts(of: limit).enumerated() {
        let pass = ForwardPass.training(
          RandomSource(
            seed: UInt64(bitPattern: Int64(seed)), update: update.number, microBatch: micro.place,
            part: part))
        let isFinite = accumulate(sentences, pass, &update.record)
        update.statistics.merge(pass.statistics)
        if let refusal = pass.refusal {
          precondition(limit == 0, "a model that computes sentences apart refuses no batch")
          update.refusals.append((micro.place, refusal))
          continue
        }
        guard isFinite else {
          update.outcome = .skipped("the loss of \(micro.name) is not finite")
          return
        }
      }
    }
  }

  /// Adds a batch's gradients unless the model refuses it; false, and nothing added, when its loss
  /// is not finite.
  private func accumulate(
    _ batch: Batch, _ pass: ForwardPass, _ record: inout LossRecord
  ) -> Bool {
    // A batch that is refused leaves a tape that nobody goes back over.
    defer { pass.tape?.discard() }
    let loss = criterion(model, batch, pass)
    if pass.refusal != nil { return true }
    record.add(loss.record)
    var results = [(result: loss.value, seed: Tensor.ones(loss.value.shape))]
    var isFinite = loss.record.loss.isFinite
    for (name, value) in pass.auxiliaryLosses {
      let number = Double(value.scalar)
      isFinite = isFinite && number.isFinite
      let weight = Double(loss.record.sampleSize)
      let old = record.measures[name] ?? LossRecord.Measure(sum: 0, weight: 0)
      record.measures[name] = LossRecord.Measure(
        sum: old.sum + number, weight: old.weight + weight)
      results.append((value, Tensor.ones(value.shape)))
    }
    guard isFinite else { return false }
    pass.tape?.goBack(from: results)
    return true
  }
}

/// A batch of an update.
struct MicroBatch {
  /// Its place in the update, which its randomness depends on.
  let place: Int
  /// The batch.
  let batch: Batch

  /// The batch in a sentence.
  var name: String {
    let ids = batch.ids.prefix(5).map(String.init).joined(separator: ", ")
    let more = batch.ids.count > 5 ? ", …" : ""
    return "micro-batch \(place + 1) (sentences \(ids)\(more))"
  }
}

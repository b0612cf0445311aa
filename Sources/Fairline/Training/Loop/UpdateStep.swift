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

  /// Where the gradients of batches are added up.
  let sums: GradientSums

  /// Computes and applies an update.
  ///
  /// Gradients of sums add up over micro-batches, in the order of ``SummationTree``, and are
  /// normalised once, so that micro-batches are one large batch; the same holds for the parts of
  /// one, which are added one after the other. Dropout depends on seed, update, the micro-batch's
  /// place in it and part only.
  ///
  /// - Parameters:
  ///   - batches: those that this rank computes, in the order of places.
  ///   - count: how many batches the update has on all ranks.
  ///   - update: receives what was measured; its `number` counts the updates before.
  func run(
    _ batches: [MicroBatch], of count: Int, at rate: Double, _ update: inout Update
  ) throws {
    let parameters = model.parameters
    sums.begin(count)
    let own = addGradients(of: batches, update.number)
    let reports = try exchange.gather(own).joined().sorted { $0.place < $1.place }
    update.take(reports, of: count)
    if update.outcome != .applied { return }
    if let (_, refusal) = update.refusals.first, update.refusals.count == count {
      update.outcome = .refused(refusal.reason)
      return
    }
    // A rank that trains by itself adds up its own batches only.
    let isAlone = optimizer is LocalUpdates
    let adder: any GradientExchange = isAlone ? OwnSums() : exchange
    try adder.sum(sums.nodes, of: count, into: parameters.gradients)
    frozen?.clearGradients()
    let part = adder.part(of: parameters.gradients.count)
    let size = isAlone ? own.reduce(0) { $0 + $1.record.sampleSize } : update.record.sampleSize
    let scale = 1 / Double(max(size, 1))
    let squares = Profile.measure(.gradientNorm) { parameters.gradients.squaredNorms(of: part) }
    let squaredNorm = try adder.gather(squares).joined().reduce(0, +)
    update.gradientNorm = squaredNorm.squareRoot() * scale
    let isFinite = update.gradientNorm.isFinite
    guard try isAlone ? exchange.gather(isFinite).allSatisfy({ $0 }) : isFinite else {
      let names = reports.map(\.name).joined(separator: ", ")
      update.outcome = .skipped("the gradient of \(names) is not finite")
      return
    }
    var factor = scale
    if clipNorm > 0 {
      update.isClipped = update.gradientNorm > clipNorm
      factor *= min(1, clipNorm / (update.gradientNorm + 1e-6))
    }
    if let optimizer = optimizer as? any ElementwiseOptimizer {
      try adder.spread(changeOf: parameters.values) {
        optimizer.update(rate: rate, gradientScale: Float(factor), of: part)
      }
    } else {
      try adder.spread(gradients: parameters.gradients)
      optimizer.update(rate: rate, gradientScale: Float(factor))
    }
    frozen?.restore()
    update.number += 1
  }

  /// Goes forward and back through the batches, up to one whose loss is not finite.
  private func addGradients(of batches: [MicroBatch], _ number: Int) -> [BatchReport] {
    var reports: [BatchReport] = []
    for micro in batches {
      var report = BatchReport(micro)
      sums.add(micro.place) { report.isFinite = compute(micro, number, &report) }
      reports.append(report)
      if !report.isFinite { break }
    }
    return reports
  }

  /// Computes a batch in parts; false when its loss is not finite.
  private func compute(
    _ micro: MicroBatch, _ number: Int, _ report: inout BatchReport
  ) -> Bool {
    let limit = model.computesSentencesApart && criterion.addsUpOverSentences ? tokensAtOnce : 0
    for (part, sentences) in micro.batch.parts(of: limit).enumerated() {
      let pass = ForwardPass.training(
        RandomSource(
          seed: UInt64(bitPattern: Int64(seed)), update: number, microBatch: micro.place,
          part: part))
      let isFinite = accumulate(sentences, pass, &report.record)
      report.statistics.merge(pass.statistics)
      if let refusal = pass.refusal {
        precondition(limit == 0, "a model that computes sentences apart refuses no batch")
        report.refusal = refusal
      } else if !isFinite {
        return false
      }
    }
    return true
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

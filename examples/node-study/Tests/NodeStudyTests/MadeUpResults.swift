import Foundation
import NodeStudy

/// Results that nobody trained, for the tests of rules and reports.
enum MadeUp {
  static var plan: StudyPlan {
    var plan = StudyPlan()
    plan.languages = "en-de"
    (plan.width, plan.hidden, plan.heads, plan.layers) = (16, 64, 2, 3)
    (plan.updates, plan.adaptiveUpdates, plan.interval) = (100, 40, 10)
    (plan.trainingPairs, plan.symbols, plan.unigramBits) = (1000, 500, 8)
    (plan.epochUpdates, plan.maxTokens, plan.subset) = (50, 512, "test")
    return plan
  }

  /// A row whose validation bits are always a constant above `10 exp(-update / 50) + bits`.
  static func row(
    _ name: String, bits: Double = 5, seed: Int = 1, secondsAnUpdate: Double = 0.1,
    encoder: (Double) -> Double = { _ in 0 }, decoder: (Double) -> Double = { _ in 0 },
    fine: Double? = nil, memory: Int = 100 << 20, most: Double = 50
  ) -> RowResult {
    let isAdaptive = StudyRow.all().first { $0.name == name }?.isAdaptive ?? false
    let updates = isAdaptive ? plan.adaptiveUpdates : plan.updates
    var result = RowResult(name: name, seed: seed)
    result.parameters = 12_345
    result.memory = memory
    func loss(_ update: Int) -> Double { bits + 3 * exp(-Double(update) / 10) }
    for update in 1...updates {
      let part = Double(update - 1) / Double(updates - 1)
      result.curves.bits.append(loss(update))
      result.curves.seconds.append(secondsAnUpdate * Double(update))
      result.curves.encoderForward.append(encoder(part))
      result.curves.encoderBackward.append(encoder(part))
      result.curves.decoderForward.append(decoder(part))
      result.curves.decoderBackward.append(decoder(part))
      result.curves.unfinished.append(0)
      if update % plan.interval == 0 {
        result.curves.validations.append(
          Curves.ValidationPoint(
            update: update, seconds: secondsAnUpdate * Double(update), bits: loss(update)))
      }
    }
    result.curves.tokens = 400 * updates
    result.curves.work = 2 * secondsAnUpdate * Double(updates)
    result.curves.mostEvaluations = most
    if let fine {
      let own = Measurement(bits: bits, encoder: 4, decoder: 4)
      result.audit = RowResult.Audit(
        own: own, fine: Measurement(bits: bits + 0.01, encoder: fine / 2, decoder: fine / 2))
    }
    result.translation = RowResult.Translation(bleu: 20, sentences: 10, seconds: 1)
    return result
  }

  static func study(_ rows: RowResult...) -> StudyResults {
    StudyResults(plan: plan, results: rows)
  }

  /// A result for every row.
  static var complete: StudyResults {
    let results = StudyRow.all().map { row in
      MadeUp.row(
        row.name, bits: 5 + Double(row.color) / 50,
        encoder: { row.isNode ? 4 + (row.isAdaptive ? 10 * $0 : 0) : 0 },
        decoder: { row.isNode ? 4 + (row.isAdaptive ? 20 * $0 : 0) : 0 },
        fine: row.isNode ? 40 : nil)
    }
    return StudyResults(plan: plan, results: results)
  }
}

public import Fairline

extension NodeTransformer {
  /// Reports what solves cost, averaged over the epoch: evaluations of the field and its
  /// vector-Jacobian products on each side, steps, unfinished solves; and how many broke off.
  public var observers: [any TrainingObserver] { configuration.node.observers }

  /// How many solves of validation and generation broke off.
  public var trouble: ModelTrouble? { schemes.evaluation.tally.trouble }
}

extension NodeSettings {
  /// What reports the cost of solves of the sides that are NODEs.
  var observers: [any TrainingObserver] {
    var observers: [any TrainingObserver] = []
    if nodeEncoder {
      observers.append(
        StatisticsReport(columns: [
          "nfe_encoder": .sum(of: "encoder.*.evaluations"),
          "nfe_encoder_back": .sum(of: "encoder.*.pullbacks"),
        ]))
    }
    if nodeDecoder {
      observers.append(
        StatisticsReport(columns: [
          "nfe_decoder": .sum(of: "decoder.*.evaluations"),
          "nfe_decoder_back": .sum(of: "decoder.*.pullbacks"),
        ]))
    }
    guard nodeEncoder || nodeDecoder else { return [] }
    observers.append(
      StatisticsReport(
        columns: [
          "node_accepted": .mean(of: "*.accepted"), "node_rejected": .mean(of: "*.rejected"),
          "node_shortest": .mean(of: "*.shortestStep"),
          "node_longest": .mean(of: "*.longestStep"),
          "node_unfinished": .mean(of: "*.unfinished"),
        ], digits: 3))
    // Only an adjoint equation has steps of its own on the way back, which can reach a limit.
    if nodeGradient == .adjoint {
      observers.append(
        StatisticsReport(
          columns: ["node_unfinished_back": .mean(of: "*.backwardUnfinished")], digits: 3))
    }
    observers.append(BreakOffReport())
    return observers
  }
}

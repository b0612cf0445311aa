import Fairline
import FairlineTensor

/// The sum of what several scorers say; what the first one attends to counts.
///
/// Where the first one knows candidates only, the others' scores of these are added.
final class SumScorer: CandidateScorer {
  private let parts: [any CandidateScorer]

  init(_ parts: [any CandidateScorer]) { self.parts = parts }

  var takesMore: Bool { parts.allSatisfy(\.takesMore) }
  var attention: [[Float]]? { parts[0].attention }

  func join(_ inputs: [GenerationInput]) {
    for part in parts { part.join(inputs) }
  }

  func candidates(of sentence: Int) -> CandidateSymbols? { parts[0].candidates(of: sentence) }

  func step(_ rows: StepRows) -> StepScores {
    let first = parts[0].step(rows)
    let candidates = rows.sentences.map { parts[0].candidates(of: Int($0)) }
    let others = parts.dropFirst().map { $0.step(rows).scores() }  // each [row, symbol]
    if candidates.contains(where: { $0 != nil }) {
      return StepScores(scores: sum(first, candidates, others))
    }
    return StepScores(scores: others.reduce(first.scores(), +))
  }

  /// The sum where each row has columns of its sentence's candidates. `[row, column]`
  private func sum(
    _ first: StepScores, _ candidates: [CandidateSymbols?], _ others: [Tensor]
  ) -> Tensor {
    let logits = first.elements()
    return logits.combining([logits], over: candidates) { own, rows in
      let scores = first.areScores ? own[0] : (own[0] * first.scale).logSoftmax()
      guard let symbols = candidates[rows.lowerBound]?.symbols else { return scores }
      return others.reduce(scores) { $0 + $1.gathering(symbols, of: rows) }
    }
  }
}

/// Makes the sum of the scorers of several factories; the scorer itself where there is only one.
struct SumScorerFactory: ScorerFactory {
  let parts: [any ScorerFactory]

  func makeScorer(for inputs: [GenerationInput]) -> any CandidateScorer {
    let scorers = parts.map { $0.makeScorer(for: inputs) }
    return scorers.count == 1 ? scorers[0] : SumScorer(scorers)
  }
}

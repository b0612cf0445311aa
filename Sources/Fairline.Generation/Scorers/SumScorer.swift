import Fairline
import FairlineTensor

/// The sum of what several scorers say; what the first one attends to counts.
final class SumScorer: CandidateScorer {
  private let parts: [any CandidateScorer]

  init(_ parts: [any CandidateScorer]) { self.parts = parts }

  var takesMore: Bool { parts.allSatisfy(\.takesMore) }
  var attention: [[Float]]? { parts[0].attention }

  func join(_ inputs: [GenerationInput]) {
    for part in parts { part.join(inputs) }
  }

  func step(_ rows: StepRows) -> StepScores {
    let all = parts.map { $0.step(rows).scores() }  // each [row, symbol]
    return StepScores(scores: all.dropFirst().reduce(all[0], +))
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

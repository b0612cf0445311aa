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
    let columns = logits.shape.columns
    var result = [Float](repeating: -.infinity, count: logits.count)
    let numbers = logits.scalars
    for (row, found) in candidates.enumerated() {
      guard let found else { continue }
      let own = found.columns.map { numbers[row * columns + Int($0)] }
      var part = Tensor(own, shape: [1, own.count])
      if !first.areScores { part = (part * first.scale).logSoftmax() }
      for other in others {
        let more = found.symbols.map { other.scalar(row: row, column: Int($0)) }
        part = part + Tensor(more, shape: [1, more.count])
      }
      for (place, score) in part.scalars.enumerated() {
        result[row * columns + Int(found.columns[place])] = score
      }
    }
    return Tensor(result, shape: logits.shape)
  }
}

extension Tensor {
  /// An element of a matrix.
  fileprivate func scalar(row: Int, column: Int) -> Float {
    withScalars { $0[row * shape.columns + column] }
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

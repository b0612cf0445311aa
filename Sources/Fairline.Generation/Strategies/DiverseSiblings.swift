/// Beam search that takes something off for each rank among the continuations of one prefix (Li and
/// others 2016).
struct DiverseSiblings: SearchStrategy {
  /// What each rank costs, counted from 1.
  let rate: Float

  func candidates(
    _ rows: [RowCells], step: Int, _ size: SearchSize, state: inout Void
  ) -> [Candidate] {
    CandidateList.best(of: rows, step: step, size) { _, rank in
      step == 0 ? 0 : Float(rank + 1) * rate
    }
  }
}

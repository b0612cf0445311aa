/// Beam search that takes something off for each rank among the continuations of one prefix (Li and others 2016).
struct DiverseSiblings: SearchStrategy {
  /// Prefixes kept for each sentence.
  let beam: Int
  /// The number of symbols.
  let vocabulary: Int
  /// What each rank costs, counted from 1.
  let rate: Float

  var width: Int { min(2 * beam, vocabulary) }

  func candidates(_ rows: [RowCells], step: Int, memory: inout [Float]) -> [Candidate] {
    var list = CandidateList(limit: min(2 * beam, (step == 0 ? 1 : beam) * vocabulary - 1))
    for (number, row) in rows.enumerated() {
      for (rank, (value, symbol)) in zip(row.values, row.symbols).enumerated() {
        let cost = step == 0 ? 0 : Float(rank + 1) * rate
        let candidate = Candidate(row: number, symbol: symbol, score: value + row.score - cost)
        if !list.offer(candidate) { break }
      }
    }
    return list.items
  }
}

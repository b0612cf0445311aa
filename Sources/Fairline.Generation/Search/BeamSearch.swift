/// Plain beam search: the best continuations of all prefixes of a sentence.
struct BeamSearch: SearchStrategy {
  /// Prefixes kept for each sentence.
  let beam: Int
  /// The number of symbols.
  let vocabulary: Int

  /// A single prefix needs nothing but its best continuation.
  var width: Int { beam == 1 ? 1 : min(2 * beam, vocabulary) }

  func candidates(_ rows: [RowCells], step: Int, memory: inout [Float]) -> [Candidate] {
    var list = CandidateList(limit: min(2 * beam, (step == 0 ? 1 : beam) * vocabulary - 1))
    for (number, row) in rows.enumerated() {
      for (value, symbol) in zip(row.values, row.symbols) {
        let candidate = Candidate(row: number, symbol: symbol, score: value + row.score)
        if !list.offer(candidate) { break }
      }
    }
    return list.items
  }
}

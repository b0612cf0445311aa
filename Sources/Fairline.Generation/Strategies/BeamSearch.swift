/// Plain beam search: the best continuations of all prefixes of a sentence.
struct BeamSearch: SearchStrategy {
  /// Needs nothing.
  init() {}

  /// Yes.
  var takesBestOfOnePrefix: Bool { true }

  /// A single prefix needs nothing but its best continuation.
  func width(_ size: SearchSize) -> Int {
    size.beam == 1 ? 1 : min(2 * size.beam, size.vocabulary)
  }

  /// The best continuations.
  func candidates(
    _ rows: [RowCells], step: Int, _ size: SearchSize, state: inout Void
  ) -> [Candidate] {
    CandidateList.best(of: rows, step: step, size)
  }
}

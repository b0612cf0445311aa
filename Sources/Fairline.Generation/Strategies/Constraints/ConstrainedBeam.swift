import FairlineData

/// Beam search for outputs that hold given phrases (Post and Vilar 2018, "Fast lexically
/// constrained decoding with dynamic beam allocation").
///
/// Candidates are, besides the best ones, the best of each prefix and every symbol that a phrase
/// could go on with. The beam is shared out among banks: prefixes that hold equally many symbols
/// of phrases. A sentence without phrases is searched by plain beam search.
public struct ConstrainedBeam: SearchStrategy {
  /// In which order phrases must be met.
  public let order: ConstraintOrder

  /// Makes the strategy.
  public init(_ order: ConstraintOrder) { self.order = order }

  /// The progress of each prefix of a sentence.
  public struct State {
    /// Progress, row for row; empty for a sentence without phrases.
    var rows: [ConstraintProgress] = []
    /// Different symbols of all phrases.
    var symbolCount = 0
  }

  /// No phrases.
  public func begin(_ size: SearchSize) -> State { State() }

  /// Phrases that the sentence's outputs must hold.
  public func begin(_ size: SearchSize, phrases: [[Int32]]) -> State {
    let phrases = phrases.filter { !$0.isEmpty }
    if phrases.isEmpty { return State() }
    return State(
      rows: [ConstraintProgress(phrases, order)], symbolCount: Set(phrases.joined()).count)
  }

  /// No end before all phrases are met; scores of what phrases go on with.
  public func demand(of slot: Int, _ state: State) -> RowDemand {
    guard slot < state.rows.count else { return RowDemand() }
    let progress = state.rows[slot]
    return RowDemand(endIsExcluded: !progress.isFinished, symbols: progress.nextSymbols)
  }

  /// The best candidates, dealt out to the banks.
  public func candidates(
    _ rows: [RowCells], step: Int, _ size: SearchSize, state: inout State
  ) -> [Candidate] {
    let best = CandidateList.best(of: rows, step: step, size)
    if state.rows.isEmpty { return best }
    let banked = banked(best + others(rows, step), state)
    let limit = min(2 * size.beam, (step == 0 ? 1 : size.beam) * size.vocabulary - 1)
    let dealt = dealt(banked, state.symbolCount).prefix(limit)
    state.rows = dealt.filter { $0.candidate.symbol != Vocabulary.eos }.prefix(size.beam)
      .map(\.progress)
    return dealt.map(\.candidate)
  }

  /// The best of each row, and what phrases go on with.
  private func others(_ rows: [RowCells], _ step: Int) -> [Candidate] {
    var found: [Candidate] = []
    func add(_ row: Int, _ symbol: Int32, _ value: Float) {
      guard value > -.infinity else { return }
      found.append(Candidate(row: row, symbol: symbol, score: value + rows[row].score))
    }
    if step > 0 {
      for (number, row) in rows.enumerated() {
        if let symbol = row.symbols.first { add(number, symbol, row.values[0]) }
      }
    }
    for (number, row) in rows.enumerated() {
      for (symbol, value) in row.demanded { add(number, symbol, value) }
    }
    return found
  }

  /// A candidate and how far it would have come.
  private struct Banked {
    let candidate: Candidate
    let progress: ConstraintProgress
    let bank: Int
  }

  /// Each candidate once, sorted by bank, then by score.
  private func banked(_ candidates: [Candidate], _ state: State) -> [Banked] {
    var seen: Set<Int> = []
    let different = candidates.filter { seen.insert($0.row << 32 | Int($0.symbol)).inserted }
    let all = different.map { candidate in
      let progress = state.rows[candidate.row].advanced(by: candidate.symbol)
      return Banked(candidate: candidate, progress: progress, bank: progress.bank)
    }
    return all.enumerated().sorted { left, right in
      let (a, b) = (left.element, right.element)
      return (b.bank, -a.candidate.score, left.offset) < (a.bank, -b.candidate.score, right.offset)
    }.map(\.element)
  }

  /// The first of every bank, the fullest bank first, then the second of every bank, and so on.
  private func dealt(_ sorted: [Banked], _ symbolCount: Int) -> [Banked] {
    var (bank, place) = (sorted.first?.bank ?? 0, -1)
    let stripes = sorted.map { item in
      place = item.bank == bank ? place + 1 : 0
      bank = item.bank
      return symbolCount - item.bank + place * (sorted.count + 1)
    }
    return sorted.indices.sorted { (stripes[$0], $0) < (stripes[$1], $1) }.map { sorted[$0] }
  }
}

import FairlineData

/// Groups of prefixes that search one after another; each avoids what earlier groups chose
/// (Vijayakumar and others 2018).
///
/// Rows belong to the groups in turn. A prefix that has ended stays a row, as in fairseq, so that
/// every group keeps its size. How often two groups agreed is counted for each sentence; fairseq
/// mixes the counts of a batch's sentences up.
struct DiverseBeam: SearchStrategy {
  /// The number of groups; the beam is a multiple of it.
  let groups: Int
  /// What a symbol costs for each earlier group that chose it.
  let strength: Float

  var keepsEndedRows: Bool { true }

  /// How often two groups chose the same symbol at the same place. `[group, group]`
  struct Agreement {
    var counts: [Float]
  }

  func begin(_ size: SearchSize) -> Agreement {
    Agreement(counts: [Float](repeating: 0, count: groups * groups))
  }

  func candidates(
    _ rows: [RowCells], step: Int, _ size: SearchSize, state: inout Agreement
  ) -> [Candidate] {
    let count = size.beam / groups
    var chosen: [[Candidate]] = []
    for group in 0..<groups {
      let costs = costs(for: group, of: chosen, state)
      let members = step == 0 ? [0] : Array(stride(from: group, to: rows.count, by: groups))
      chosen.append(search(rows, members, costs, count))
    }
    remember(chosen, &state)
    return (0..<count).flatMap { place in chosen.map { $0[place] } }
  }

  /// What symbols cost a group: more for groups with which it has agreed often.
  private func costs(
    for group: Int, of chosen: [[Candidate]], _ overlap: Agreement
  ) -> [Int32: Float] {
    var result: [Int32: Float] = [:]
    for (earlier, candidates) in chosen.enumerated() {
      let weight = 1 + overlap.counts[group * groups + earlier]
      for candidate in candidates { result[candidate.symbol, default: 0] += weight }
    }
    return result.mapValues { $0 * strength }
  }

  private func search(
    _ rows: [RowCells], _ members: [Int], _ costs: [Int32: Float], _ size: Int
  ) -> [Candidate] {
    var list = CandidateList(limit: size)
    for number in members {
      let row = rows[number]
      for (value, symbol) in zip(row.values, row.symbols) {
        let score = value - (costs[symbol] ?? 0) + row.score
        _ = list.offer(Candidate(row: number, symbol: symbol, score: score))
      }
    }
    let none = Candidate(row: members[0], symbol: Vocabulary.pad, score: -.infinity)
    return list.items + Array(repeating: none, count: size - list.items.count)
  }

  /// Counts the places at which two groups chose the same symbol.
  private func remember(_ chosen: [[Candidate]], _ overlap: inout Agreement) {
    for (first, left) in chosen.enumerated() {
      for (second, right) in chosen.enumerated() {
        let same = zip(left, right).filter { $0.symbol == $1.symbol }.count
        overlap.counts[first * groups + second] += Float(same)
      }
    }
  }
}

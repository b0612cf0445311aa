import FairlineData

/// Groups of prefixes that search one after another; each avoids what earlier groups chose (Vijayakumar and others 2018).
///
/// Rows belong to the groups in turn. A prefix that has ended stays a row, as in fairseq, so that every group keeps its size.
/// How often two groups agreed is counted for each sentence; fairseq mixes the counts of a batch's sentences up.
struct DiverseBeam: SearchStrategy {
  /// Prefixes kept for each sentence, a multiple of ``groups``.
  let beam: Int
  /// The number of symbols.
  let vocabulary: Int
  /// The number of groups.
  let groups: Int
  /// What a symbol costs for each earlier group that chose it.
  let strength: Float

  var keepsEndedRows: Bool { true }
  var width: Int { min(2 * beam, vocabulary) }
  private var size: Int { beam / groups }

  func candidates(_ rows: [RowCells], step: Int, memory: inout [Float]) -> [Candidate] {
    if step == 0 { memory = [Float](repeating: 0, count: groups * groups) }
    var chosen: [[Candidate]] = []
    for group in 0..<groups {
      let costs = costs(for: group, of: chosen, memory)
      let members = step == 0 ? [0] : Array(stride(from: group, to: rows.count, by: groups))
      chosen.append(search(rows, members, costs))
    }
    remember(chosen, &memory)
    return (0..<size).flatMap { place in chosen.map { $0[place] } }
  }

  /// What symbols cost a group: more for groups with which it has agreed often.
  private func costs(
    for group: Int, of chosen: [[Candidate]], _ overlap: [Float]
  ) -> [Int32: Float] {
    var result: [Int32: Float] = [:]
    for (earlier, candidates) in chosen.enumerated() {
      let weight = 1 + overlap[group * groups + earlier]
      for candidate in candidates { result[candidate.symbol, default: 0] += weight }
    }
    return result.mapValues { $0 * strength }
  }

  private func search(
    _ rows: [RowCells], _ members: [Int], _ costs: [Int32: Float]
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
  private func remember(_ chosen: [[Candidate]], _ overlap: inout [Float]) {
    for (first, left) in chosen.enumerated() {
      for (second, right) in chosen.enumerated() {
        let same = zip(left, right).filter { $0.symbol == $1.symbol }.count
        overlap[first * groups + second] += Float(same)
      }
    }
  }
}

/// A prefix of the last step with one more symbol.
public struct Candidate: Sendable, Equatable {
  /// The prefix's place among the rows of its sentence.
  public let row: Int
  /// The symbol.
  public let symbol: Int32
  /// The score of the longer prefix, a sum of logarithms of probabilities in nats.
  public let score: Float

  /// Makes a candidate.
  public init(row: Int, symbol: Int32, score: Float) {
    self.row = row
    self.symbol = symbol
    self.score = score
  }
}

/// The best few candidates seen so far, in order; of equal ones the first stays first.
public struct CandidateList {
  /// The candidates, best first.
  public private(set) var items: [Candidate] = []
  private let limit: Int

  /// Makes an empty list.
  ///
  /// - Parameter limit: the most candidates.
  public init(limit: Int) {
    self.limit = limit
    items.reserveCapacity(limit + 1)
  }

  /// Takes a candidate when it is among the best; false when it is not.
  mutating func offer(_ candidate: Candidate) -> Bool {
    if items.count >= limit {
      guard let last = items.last, candidate.score > last.score else { return false }
      items.removeLast()
    }
    var place = items.count
    while place > 0, items[place - 1].score < candidate.score { place -= 1 }
    items.insert(candidate, at: place)
    return true
  }

  /// The best continuations of all prefixes of a sentence, as plain beam search ranks them.
  ///
  /// - Parameter cost: what a row's candidate costs, by its rank among the row's cells.
  @inline(__always)
  public static func best(
    of rows: [RowCells], step: Int, _ size: SearchSize,
    cost: (_ row: Int, _ rank: Int) -> Float = { _, _ in 0 }
  ) -> [Candidate] {
    let possible = (step == 0 ? 1 : size.beam) * size.vocabulary - 1
    var list = CandidateList(limit: min(2 * size.beam, possible))
    for (number, row) in rows.enumerated() {
      for (rank, (value, symbol)) in zip(row.values, row.symbols).enumerated() {
        let score = value + row.score - cost(number, rank)
        if !list.offer(Candidate(row: number, symbol: symbol, score: score)) { break }
      }
    }
    return list.items
  }
}

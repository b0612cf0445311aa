import Fairline

/// A way to continue prefixes: what is found in each row, and how a sentence's candidates are ranked.
protocol SearchStrategy: Sendable {
  /// The most cells of one row that matter.
  var width: Int { get }

  /// Whether a prefix that has ended stays among the rows of its sentence.
  var keepsEndedRows: Bool { get }

  /// Finds the cells of one row, best first; called from many threads.
  ///
  /// - Returns: how many there are.
  func scan(_ row: ScoredRow, at place: RowPlace, into cells: CellBuffer) -> Int

  /// Ranks the candidates of one sentence, best first.
  ///
  /// - Parameters:
  ///   - rows: the sentence's prefixes; a single one in the first step.
  ///   - memory: what the strategy keeps for the sentence from step to step, empty at first.
  func candidates(_ rows: [RowCells], step: Int, memory: inout [Float]) -> [Candidate]
}

extension SearchStrategy {
  var keepsEndedRows: Bool { false }

  func scan(_ row: ScoredRow, at place: RowPlace, into cells: CellBuffer) -> Int {
    row.best(into: cells)
  }
}

/// Which row a row is, for what is drawn from it.
struct RowPlace {
  /// The sentence's number in its data set.
  let sentence: Int
  /// The number of symbols before.
  let step: Int
  /// The place among the rows of its sentence.
  let slot: Int
}

/// The cells found in one row.
struct RowCells {
  /// The score of the prefix.
  let score: Float
  /// Scores of the continuing symbols, best first.
  let values: UnsafeBufferPointer<Float>
  /// The continuing symbols.
  let symbols: UnsafeBufferPointer<Int32>
}

/// A prefix of the last step with one more symbol.
struct Candidate {
  /// The prefix's place among the rows of its sentence.
  let row: Int
  /// The symbol.
  let symbol: Int32
  /// The score of the longer prefix.
  let score: Float
}

/// The best few candidates seen so far, in order; of equal ones the first stays first.
struct CandidateList {
  private(set) var items: [Candidate] = []
  private let limit: Int

  init(limit: Int) {
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
}

import FairlineTensor
import Foundation

/// Draws each symbol from the model's distribution, from its best few, or from its likeliest part
/// (Holtzman and others 2020).
///
/// A draw depends on the seed, the sentence's number, the step and the slot only.
struct Sampling: SearchStrategy {
  /// How many of the best symbols are drawn from; nil for all.
  let topSymbols: Int?
  /// The probability of the smallest set of best symbols that is drawn from; nil for all.
  let topProbability: Double?
  /// What is drawn from.
  let seed: Int

  func width(_ size: SearchSize) -> Int { size.beam }

  func scan(_ row: ScoredRow, at place: RowPlace, into cells: CellBuffer) -> Int {
    let choices = choices(row, vocabulary: place.size.vocabulary)
    guard let total = choices.last?.upTo, total > 0 else { return 0 }
    let beam = place.size.beam
    let slots = place.step == 0 ? 0..<beam : place.slot..<(place.slot + 1)
    for (number, slot) in slots.enumerated() {
      var random = RandomSource(
        seed: UInt64(bitPattern: Int64(seed)), update: place.sentence,
        microBatch: place.step * beam + slot)
      let point = random.uniform() * total
      let choice = choices[choices.partitioningIndex { $0.upTo > point }]
      cells.symbols[number] = choice.symbol
      cells.values[number] = choice.score
    }
    return slots.count
  }

  func candidates(
    _ rows: [RowCells], step: Int, _ size: SearchSize, state: inout Void
  ) -> [Candidate] {
    rows.enumerated().flatMap { number, row in
      zip(row.values, row.symbols).map {
        Candidate(row: number, symbol: $1, score: $0 + row.score)
      }
    }
  }

  /// A symbol that may be drawn.
  private struct Choice {
    let symbol: Int32
    let score: Float
    /// The probability of all choices up to this one.
    var upTo = 0.0
  }

  private func choices(_ row: ScoredRow, vocabulary: Int) -> [Choice] {
    var choices: [Choice]
    if let topProbability {
      choices = nucleus(row, topProbability)
    } else {
      choices =
        row.rule.forced != nil || topSymbols != nil
        ? best(min(topSymbols ?? 1, vocabulary), of: row) : all(row)
    }
    var sum = 0.0
    for place in choices.indices {
      sum += exp(Double(choices[place].score))
      choices[place].upTo = sum
    }
    return choices
  }

  /// The fewest best symbols that reach a probability, the one that reaches it included.
  private func nucleus(_ row: ScoredRow, _ probability: Double) -> [Choice] {
    var choices = best(min(64, row.logits.count), of: row)
    if choices.count == 64, sum(choices) < probability {
      choices = all(row).sorted { ($0.score, $1.symbol) > ($1.score, $0.symbol) }
    }
    var sum = 0.0
    let last = choices.firstIndex { choice in
      sum += exp(Double(choice.score))
      return sum >= probability
    }
    return last.map { Array(choices[...$0]) } ?? choices
  }

  private func sum(_ choices: [Choice]) -> Double {
    choices.reduce(0) { $0 + exp(Double($1.score)) }
  }

  private func best(_ count: Int, of row: ScoredRow) -> [Choice] {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { values in
      withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { symbols in
        let found = row.best(into: CellBuffer(values: values, symbols: symbols))
        return (0..<found).map { Choice(symbol: symbols[$0], score: values[$0]) }
      }
    }
  }

  private func all(_ row: ScoredRow) -> [Choice] {
    let scores = row.allScores()
    return scores.indices.compactMap { symbol in
      scores[symbol] > -.infinity
        ? Choice(symbol: Int32(symbol), score: scores[symbol]) : nil
    }
  }
}

extension Array {
  /// The first place whose element meets a condition that holds for all elements after it; the last
  /// place when none does.
  fileprivate func partitioningIndex(_ holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count - 1)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

import Fairline
import FairlineData
import FairlineGeneration
import FairlinePrograms
import FairlineTensor
import Foundation

/// fairseq's search of one sentence written plainly: prefixes are decoded from their beginning, and
/// every cell is looked at.
///
/// It knows beams, groups of beams, n-gram blocking, prefixes, penalties and lengths, but no
/// sampling.
struct PlainSearch {
  let model: any Model
  let settings: GenerationSettings
  /// The source with its end.
  let source: [Int32]
  /// Symbols that outputs must begin with; a pad leaves the choice free.
  var prefix: [Int32] = []
  /// The most symbols before the end.
  let longest: Int

  private struct Row {
    var tokens: [Int32] = []
    var sums: [Float] = []
  }

  private struct Cell {
    let row: Int
    let symbol: Int32
    let score: Float
  }

  private var groups: Int { max(settings.diverseBeamGroups, 1) }

  /// For each two groups, at how many places they choose the same in the first step.
  func firstAgreement() -> [[Float]] {
    let none = [[Float]](repeating: [Float](repeating: 0, count: groups), count: groups)
    return Self.agreement(grouped(cells([Row()], step: 0), [Row()], step: 0, none))
  }

  /// The outputs, best first.
  ///
  /// - Parameter agreement: how often groups have agreed when the second step begins; nil for
  ///   what they did in the first.
  func outputs(agreement given: [[Float]]? = nil) -> [Hypothesis] {
    var (rows, found, idle) = ([Row()], [Hypothesis](), 0)
    var agreement = [[Float]](repeating: [Float](repeating: 0, count: groups), count: groups)
    for step in 0...longest {
      let cells = cells(rows, step: step)
      var ranked: [Cell]
      if groups > 1 {
        let chosen = grouped(cells, rows, step: step, agreement)
        let own = Self.agreement(chosen)
        agreement = step == 0 ? given ?? own : zip(agreement, own).map { zip($0, $1).map(+) }
        ranked = chosen[0].indices.flatMap { place in chosen.map { $0[place] } }
      } else {
        let most = 2 * settings.beam
        ranked = Array(cells.joined().sorted { $0.score > $1.score }.prefix(most))
      }
      if step < prefix.count, prefix[step] == Vocabulary.eos {
        ranked = Array(repeating: ranked[0], count: settings.beam)
      }
      advance(ranked, &rows, &found, &idle)
      if found.count >= settings.beam { break }
    }
    return found.sorted { $0.score > $1.score }
  }

  /// Finishes outputs and chooses the rows of the next step; the last `idle` places belong to
  /// outputs that are finished.
  private func advance(
    _ ranked: [Cell], _ rows: inout [Row], _ found: inout [Hypothesis], _ idle: inout Int
  ) {
    let beam = settings.beam
    var (going, over): ([Cell], [Cell]) = ([], [])
    for (rank, cell) in ranked.enumerated() {
      let isIdle = rank < beam && rank >= beam - idle
      let ends = cell.symbol == Vocabulary.eos && cell.score > -.infinity
      if ends, !isIdle, rank < beam, found.count < beam { found.append(finished(cell, rows)) }
      if isIdle || ends { over.append(cell) } else { going.append(cell) }
    }
    going = Array(going.prefix(beam))
    idle = groups > 1 ? min(over.count, beam - going.count) : 0
    let before = rows
    rows = (going + over.prefix(idle)).map { cell in
      Row(
        tokens: before[cell.row].tokens + [cell.symbol], sums: before[cell.row].sums + [cell.score])
    }
  }

  private func finished(_ cell: Cell, _ rows: [Row]) -> Hypothesis {
    let sums = rows[cell.row].sums + [cell.score]
    let scores = sums.indices.map { $0 == 0 ? sums[0] : sums[$0] - sums[$0 - 1] }
    let length = settings.unnormalized ? 1 : Float(pow(Double(sums.count), settings.lenpen))
    return Hypothesis(
      tokens: rows[cell.row].tokens + [cell.symbol], score: cell.score / length,
      positionalScores: scores)
  }

  /// Every continuation of every row with the sum of its scores; siblings pay for their rank where
  /// that is asked for.
  private func cells(_ rows: [Row], step: Int) -> [[Cell]] {
    let targets = rows.map { $0.tokens + [Vocabulary.eos] }
    let batch = Batch.pairs(
      ids: Array(rows.indices), sources: rows.map { _ in source }, targets: targets)
    let logits = model(batch, ForwardPass.evaluation()).logits
    return rows.enumerated().map { number, row in
      let place = number * (step + 1) + step
      let scores = (logits.sliced(place..<(place + 1)) / Float(settings.temperature)).logSoftmax()
        .scalars
      let all = allowed(scores, after: row.tokens, step: step).enumerated().map {
        Cell(row: number, symbol: Int32($0), score: $1 + (row.sums.last ?? 0))
      }
      guard settings.diversityRate > 0, step > 0 else { return all }
      return all.sorted { $0.score > $1.score }.enumerated().map { rank, cell in
        let cost = Float(rank + 1) * Float(settings.diversityRate)
        return Cell(row: cell.row, symbol: cell.symbol, score: cell.score - cost)
      }
    }
  }

  private func allowed(_ scores: [Float], after tokens: [Int32], step: Int) -> [Float] {
    var scores = scores
    scores[Int(Vocabulary.pad)] = -.infinity
    scores[Int(Vocabulary.unk)] -= Float(settings.unkpen)
    let wanted = step < prefix.count && prefix[step] != Vocabulary.pad ? prefix[step] : nil
    let forced = step == longest ? Vocabulary.eos : wanted
    for symbol in scores.indices where forced != nil && symbol != Int(forced ?? 0) {
      scores[symbol] = -.infinity
    }
    guard forced == nil else { return scores }
    if step < settings.minLen, step >= prefix.count { scores[Int(Vocabulary.eos)] = -.infinity }
    for symbol in scores.indices
    where Self.repeats(tokens, Int32(symbol), settings.noRepeatNgramSize) {
      scores[symbol] = -.infinity
    }
    return scores
  }

  /// Whether the sequence of `size` symbols that a symbol completes stands in the output already.
  ///
  /// The start symbol counts as a part of the output, but not alone.
  static func repeats(_ tokens: [Int32], _ symbol: Int32, _ size: Int) -> Bool {
    let all = (size == 1 ? [] : [Vocabulary.eos]) + tokens
    guard size > 0, all.count >= size else { return false }
    let sequence = all.suffix(size - 1) + [symbol]
    return (0...(all.count - size)).contains { all[$0..<($0 + size)].elementsEqual(sequence) }
  }

  /// What each group chooses, one after another.
  private func grouped(
    _ cells: [[Cell]], _ rows: [Row], step: Int, _ agreement: [[Float]]
  ) -> [[Cell]] {
    var chosen: [[Cell]] = []
    for group in 0..<groups {
      let members = step == 0 ? [0] : Array(stride(from: group, to: rows.count, by: groups))
      let priced = members.flatMap { cells[$0] }.map { cell in
        var score = cell.score
        for earlier in 0..<group {
          let times = chosen[earlier].count { $0.symbol == cell.symbol }
          let weight = step == 0 ? 1 : 1 + agreement[group][earlier]
          score -= Float(settings.diverseBeamStrength) * weight * Float(times)
        }
        return Cell(row: cell.row, symbol: cell.symbol, score: score)
      }
      chosen.append(
        Array(priced.sorted { $0.score > $1.score }.prefix(settings.beam / groups)))
    }
    return chosen
  }

  private static func agreement(_ chosen: [[Cell]]) -> [[Float]] {
    chosen.map { left in
      chosen.map { right in Float(zip(left, right).count { $0.symbol == $1.symbol }) }
    }
  }
}

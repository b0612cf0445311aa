import FairlineData
import Foundation

/// A prefix that is still growing.
struct SearchRow {
  /// Its last symbol in the trellis; the root at first.
  var node: Int32
  /// The sum of its scores.
  var score: Float
  /// Its row in the step before, counted over all sentences.
  var parent: Int32
}

/// The search for one sentence's outputs.
final class SentenceSearch {
  /// What is searched for.
  struct Request {
    /// What names the sentence to whoever asked.
    var tag: Int
    /// The sentence's number in its data set.
    var id: Int
    /// The source with its end.
    var source: [Int32] = []
    /// What the decoder reads first.
    var start = Vocabulary.eos
    /// Symbols that outputs must begin with; a pad leaves the choice free.
    var prefix: [Int32] = []
    /// Phrases that outputs must hold.
    var phrases: [[Int32]] = []
    /// The fewest and the most symbols before the end.
    var lengths: ClosedRange<Int>
  }

  /// What is searched for.
  let request: Request
  /// The sentence's number in the decoder.
  let place: Int
  /// Outputs to collect, and the symbols they are made of; known after the first scores.
  var size = SearchSize(beam: 1, vocabulary: 1)
  /// Outputs to collect.
  var beam: Int { size.beam }
  /// Symbols decoded so far.
  var step = 0
  /// The prefixes alive, best first.
  private(set) var rows = [SearchRow(node: Trellis.root, score: 0, parent: -1)]
  /// All prefixes.
  var trellis = Trellis()
  /// Finished outputs, best first at the end.
  var found: [Hypothesis] = []
  /// The last symbol of the best prefix of the last step that could go on.
  private(set) var lastAlive = Trellis.root
  /// Where the rows begin among those of all sentences.
  var firstRow = 0
  private var finishedCount = 0
  private var bestHasEnded = false
  /// Whether nothing more is searched for.
  private(set) var isDone = false
  /// How prefixes are continued; known when the number of symbols is.
  var strategy: (any SentenceStrategy)?
  /// Rows at the end that have ended and only keep their place.
  private var endedRows = 0

  init(_ request: Request, place: Int) {
    self.request = request
    self.place = place
  }

  private var lengths: ClosedRange<Int> { request.lengths }
  private var prefix: [Int32] { request.prefix }

  /// Goes on with the best candidates, by fairseq's rules unless others are asked for.
  ///
  /// An end counts only among the first `beam` candidates, and the best `beam` others go on; by
  /// Marian's rules, the first candidates go on or end, as many as there were prefixes.
  ///
  /// - Parameters:
  ///   - candidates: best first.
  ///   - keepsEndedRows: whether rows that ended keep their places.
  ///   - ends: how outputs end.
  ///   - add: puts a candidate into the trellis and returns its node.
  /// - Returns: the nodes in which outputs end, in the order of their candidates.
  func advance(
    _ candidates: [Candidate], keepsEndedRows: Bool, ends rules: SearchEnds,
    add: (Candidate) -> Int32
  ) -> [Int32] {
    defer { step += 1 }
    var finished: [Int32] = []
    var continuing: [Candidate] = []
    var ended: [Candidate] = []
    let beam = rules.shrinks && !keepsEndedRows && step > 0 ? rows.count : beam
    for (rank, candidate) in candidates.enumerated() {
      let hasEnded = rank < beam && rank >= beam - endedRows
      let isLast = rules.cutsAtLimit && step >= lengths.upperBound
      let ends = (candidate.symbol == Vocabulary.eos || isLast) && candidate.score > -.infinity
      if ends, !hasEnded, rank < beam, finishedCount < rules.kept {
        finished.append(add(candidate))
        finishedCount += 1
        bestHasEnded = bestHasEnded || rank == 0
      }
      if rules.shrinks, !keepsEndedRows, rank >= beam { break }
      if ends || hasEnded { ended.append(candidate) } else { continuing.append(candidate) }
    }
    let isEnough = bestHasEnded && finishedCount >= rules.enough ?? .max
    if finishedCount >= rules.most || isEnough || step >= lengths.upperBound {
      isDone = true
      return finished
    }
    let kept = continuing.prefix(beam)
    let filling = keepsEndedRows ? ended.prefix(beam - kept.count) : []
    endedRows = filling.count
    rows = (kept + filling).map { candidate in
      SearchRow(
        node: add(candidate), score: candidate.score, parent: Int32(firstRow + candidate.row))
    }
    if let best = rows.first(where: { $0.score > -.infinity }) { lastAlive = best.node }
    isDone = !rows.contains { $0.score > -.infinity }
    return finished
  }

  /// Searches for nothing more.
  func finish() { isDone = true }

  /// What the rows may be continued with, but for repetitions.
  func rule(_ ends: SearchEnds) -> RowRule {
    if step >= lengths.upperBound, !ends.cutsAtLimit {
      return RowRule(forced: Vocabulary.eos, isFree: ends.endIsFree)
    }
    if step < prefix.count {
      return prefix[step] == Vocabulary.pad
        ? RowRule(excluded: ends.excluded)
        : RowRule(forced: prefix[step], isFree: ends.prefixIsFree)
    }
    let rule = RowRule(excluded: ends.excluded)
    return step < lengths.lowerBound ? rule.withoutEnd() ?? rule : rule
  }

  /// Whether the prefix ends here: then all outputs are the first one.
  var prefixEnds: Bool {
    step < prefix.count && step < lengths.upperBound && prefix[step] == Vocabulary.eos
  }
}

import Fairline
import FairlineData
import FairlineTensor

/// The search for the outputs of one batch, all sentences side by side.
///
/// Only prefixes that are alive are decoded: one for each sentence in the first step, and none of sentences that are finished.
struct BatchSearch {
  private let settings: GenerationSettings
  private let decoder: DecoderEnsemble
  private var sentences: [SentenceSearch]
  private var strategy: any SearchStrategy
  private var trellis = Trellis()
  private var step = 0
  private var done: [[Hypothesis]]

  /// Prepares the search.
  init(
    _ settings: GenerationSettings, decoder: DecoderEnsemble, sentences: [SentenceSearch],
    strategy: any SearchStrategy
  ) {
    self.settings = settings
    self.decoder = decoder
    self.sentences = sentences
    self.strategy = strategy
    done = Array(repeating: [], count: sentences.count)
  }

  /// Searches until every sentence is finished; best first for each sentence.
  ///
  /// - Parameter first: the predictions of the first step, one row for each sentence.
  mutating func run(first: Tensor) -> [[Hypothesis]] {
    for index in sentences.indices { sentences[index].firstRow = index }
    var logits = first
    while true {
      advance(logits)
      retire()
      if sentences.isEmpty { return done }
      logits = decode()
      step += 1
    }
  }

  private mutating func decode() -> Tensor {
    var symbols: [Int32] = []
    var parents: [Int32] = []
    var places: [Int32] = []
    for index in sentences.indices {
      sentences[index].firstRow = symbols.count
      for row in sentences[index].rows {
        symbols.append(trellis.symbol(row.node))
        parents.append(row.parent)
        places.append(Int32(sentences[index].place))
      }
    }
    return decoder.step(symbols: symbols, parents: parents, sentences: places)
  }

  private mutating func advance(_ logits: Tensor) {
    let cells = FoundCells(rows: logits.shape[0], width: strategy.width)
    scan(logits, into: cells)
    let attention = settings.printAlignment == nil ? nil : decoder.attention
    for index in sentences.indices { advance(index, cells, attention) }
  }

  private mutating func advance(_ index: Int, _ cells: FoundCells, _ attention: [[Float]]?) {
    var sentence = sentences[index]
    let (first, rows) = (sentence.firstRow, sentence.rows)
    let found = rows.enumerated().map { number, row in
      cells.cells(of: first + number, score: row.score)
    }
    var candidates = strategy.candidates(found, step: step, memory: &sentence.memory)
    if sentence.prefixEnds(at: step), let best = candidates.first {
      candidates = Array(repeating: best, count: sentence.beam)
    }
    var trellis = trellis
    self.trellis = Trellis()  // so that there is one owner
    let outcome = sentence.advance(
      candidates, step: step, keepsEndedRows: strategy.keepsEndedRows
    ) { candidate in
      trellis.add(
        candidate.symbol, behind: rows[candidate.row].node, score: candidate.score,
        attention: attention?[first + candidate.row])
    }
    for node in outcome {
      var hypothesis = trellis.hypothesis(endingIn: node)
      hypothesis.score = settings.normalized(hypothesis.score, length: hypothesis.tokens.count)
      done[sentence.place].append(hypothesis)
    }
    self.trellis = trellis
    sentences[index] = sentence
  }

  /// Finds the cells of every row, in parallel.
  private func scan(_ logits: Tensor, into cells: FoundCells) {
    let vocabulary = logits.shape.columns
    let owners = sentences.indices.flatMap { index in
      sentences[index].rows.indices.map { (sentence: index, slot: $0) }
    }
    precondition(
      logits.shape[0] == owners.count, "\(logits.shape[0]) predictions for \(owners.count) rows")
    let (scale, penalty) = (decoder.scale, Float(settings.unkpen))
    let rules = sentences.map { $0.rule(step: step, endIsFree: settings.matchSourceLen) }
    logits.withScalars { scalars in
      Parallel.ranges(owners.count, grain: max(1, Parallel.grain / max(vocabulary, 1))) { range in
        for row in range {
          let owner = owners[row]
          let sentence = sentences[owner.sentence]
          let place = RowPlace(sentence: sentence.id, step: step, slot: owner.slot)
          let slice = scalars[(row * vocabulary)..<((row + 1) * vocabulary)]
          let scored = ScoredRow(
            logits: UnsafeBufferPointer(rebasing: slice), scale: scale, unknownPenalty: penalty,
            rule: blocking(rules[owner.sentence], sentence.rows[owner.slot].node))
          cells.counts[row] = strategy.scan(scored, at: place, into: cells.buffer(of: row))
        }
      }
    }
  }

  /// Adds to a rule what would repeat a sequence of symbols.
  private func blocking(_ rule: RowRule, _ node: Int32) -> RowRule {
    guard settings.noRepeatNgramSize > 0, rule.forced == nil else { return rule }
    let blocked = NgramBlocking.blocked(
      after: [Vocabulary.eos] + trellis.prefix(to: node), size: settings.noRepeatNgramSize)
    return RowRule(excluded: Set(rule.excluded).union(blocked).sorted())
  }

  /// Takes finished sentences out.
  private mutating func retire() {
    for sentence in sentences where sentence.isDone {
      // The standard library's sort is stable: of equal scores the first found stays first.
      done[sentence.place].sort { $0.score > $1.score }
    }
    sentences.removeAll(where: \.isDone)
  }
}

/// The cells found in all rows of a step.
private final class FoundCells {
  let width: Int
  let counts: UnsafeMutableBufferPointer<Int>
  private let values: UnsafeMutableBufferPointer<Float>
  private let symbols: UnsafeMutableBufferPointer<Int32>

  init(rows: Int, width: Int) {
    self.width = width
    counts = .allocate(capacity: rows)
    counts.initialize(repeating: 0)
    values = .allocate(capacity: rows * width)
    symbols = .allocate(capacity: rows * width)
  }

  deinit {
    counts.deallocate()
    values.deallocate()
    symbols.deallocate()
  }

  func buffer(of row: Int) -> CellBuffer {
    let range = (row * width)..<((row + 1) * width)
    return CellBuffer(
      values: UnsafeMutableBufferPointer(rebasing: values[range]),
      symbols: UnsafeMutableBufferPointer(rebasing: symbols[range]))
  }

  func cells(of row: Int, score: Float) -> RowCells {
    let range = (row * width)..<(row * width + counts[row])
    return RowCells(
      score: score, values: UnsafeBufferPointer(rebasing: values[range]),
      symbols: UnsafeBufferPointer(rebasing: symbols[range]))
  }
}

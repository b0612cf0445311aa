import Fairline
import FairlineData
import FairlineTensor

/// The search for the outputs of several sentences side by side; sentences join and leave between steps.
///
/// Only prefixes that are alive are decoded: one for each sentence in its first step, and none of sentences that are finished.
/// What is found for a sentence does not depend on the others.
struct LiveSearch {
  private let settings: GenerationSettings
  private let decoder: DecoderEnsemble
  private let omitsScores: Bool
  private var strategy: (any SearchStrategy)?
  private var sentences: [SentenceSearch] = []
  private var joined = 0
  private var cells = FoundCells()
  // The step's arguments, kept for their memory.
  private var symbols: [Int32] = []
  private var parents: [Int32] = []
  private var places: [Int32] = []
  /// For each row, the sentence it belongs to.
  private var owners: [Int] = []

  /// Begins a search with the sentences that the decoder was made for.
  init(
    _ settings: GenerationSettings, decoder: DecoderEnsemble,
    requests: [SentenceSearch.Request], omitsScores: Bool
  ) {
    self.settings = settings
    self.omitsScores = omitsScores
    self.decoder = decoder
    add(requests)
  }

  /// The number of sentences that are not finished.
  var count: Int { sentences.count }

  /// Whether sentences may join.
  var takesMore: Bool { decoder.takesMore }

  /// Takes further sentences.
  mutating func join(_ sources: PackedTokens, _ requests: [SentenceSearch.Request]) {
    decoder.join(sources)
    add(requests)
  }

  private mutating func add(_ requests: [SentenceSearch.Request]) {
    for request in requests {
      sentences.append(SentenceSearch(request, place: joined))
      joined += 1
    }
  }

  /// Appends a symbol to every prefix.
  ///
  /// - Returns: what was found for the sentences that this finished, best first.
  mutating func step() -> [(tag: Int, found: [Hypothesis])] {
    let logits = decode()
    let strategy = strategy ?? settings.strategy(vocabulary: logits.columns)
    self.strategy = strategy
    let beam = settings.beam(vocabulary: logits.columns)
    cells.reserve(rows: symbols.count, width: strategy.width)
    for sentence in sentences { sentence.beam = beam }
    scan(logits, strategy)
    let attention = settings.printAlignment == nil ? nil : decoder.attention
    for sentence in sentences { advance(sentence, strategy, attention) }
    return retire()
  }

  private mutating func decode() -> StepLogits {
    symbols.removeAll(keepingCapacity: true)
    parents.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    owners.removeAll(keepingCapacity: true)
    for (owner, sentence) in sentences.enumerated() {
      sentence.firstRow = symbols.count
      for row in sentence.rows {
        let isFirst = row.node == Trellis.root
        symbols.append(isFirst ? Vocabulary.eos : sentence.trellis.symbol(row.node))
        parents.append(row.parent)
        places.append(Int32(sentence.place))
        owners.append(owner)
      }
    }
    return decoder.predict(symbols: symbols, parents: parents, sentences: places)
  }

  private func advance(
    _ sentence: SentenceSearch, _ strategy: any SearchStrategy, _ attention: [[Float]]?
  ) {
    let (first, rows) = (sentence.firstRow, sentence.rows)
    let found = rows.enumerated().map { number, row in
      cells.cells(of: first + number, score: row.score)
    }
    var candidates = strategy.candidates(
      found, step: sentence.step, memory: &sentence.memory)
    if sentence.prefixEnds, let best = candidates.first {
      candidates = Array(repeating: best, count: sentence.beam)
    }
    var trellis = sentence.trellis
    sentence.trellis = Trellis()  // so that there is one owner
    let ends = sentence.advance(candidates, keepsEndedRows: strategy.keepsEndedRows) {
      trellis.add(
        $0.symbol, behind: rows[$0.row].node, score: $0.score,
        attention: attention?[first + $0.row])
    }
    for node in ends {
      var hypothesis = trellis.hypothesis(endingIn: node)
      hypothesis.score = settings.normalized(hypothesis.score, length: hypothesis.tokens.count)
      sentence.found.append(hypothesis)
    }
    sentence.trellis = trellis
  }

  /// Finds the cells of every row, as soon as its logits are there.
  private func scan(_ logits: StepLogits, _ strategy: any SearchStrategy) {
    precondition(
      logits.rows == symbols.count, "\(logits.rows) predictions for \(symbols.count) rows")
    logits.visit { part in
      let range = part.range
      part.logits.withScalars { scalars in
        var row = range.lowerBound
        while row < range.upperBound {
          let sentence = sentences[owners[row]]
          let last = min(sentence.firstRow + sentence.rows.count, range.upperBound)
          let first = (row - range.lowerBound) * logits.columns
          let end = (last - range.lowerBound) * logits.columns
          scan(
            sentence, row..<last, UnsafeBufferPointer(rebasing: scalars[first..<end]),
            logits.columns, strategy, sharpen: part.sharpen)
          row = last
        }
      }
    }
  }

  /// Finds the cells of some rows of a sentence.
  ///
  /// - Parameters:
  ///   - logits: of these rows. `[row, vocabulary]`
  ///   - sharpen: makes the greatest logit of a row exact; nil where all are.
  private func scan(
    _ sentence: SentenceSearch, _ rows: Range<Int>, _ logits: UnsafeBufferPointer<Float>,
    _ columns: Int, _ strategy: any SearchStrategy, sharpen: ((Int, [Int32]) -> Void)?
  ) {
    let rule = sentence.rule(endIsFree: settings.matchSourceLen)
    let candidates = decoder.candidates(of: sentence.place)
    let scratch = UnsafeMutableBufferPointer<Float>.allocate(
      capacity: candidates?.symbols.count ?? 0)
    defer { scratch.deallocate() }
    for row in rows {
      let slot = row - sentence.firstRow
      let first = (row - rows.lowerBound) * columns
      var cells = UnsafeBufferPointer(rebasing: logits[first..<(first + columns)])
      if let candidates {
        for (cell, column) in candidates.columns.enumerated() {
          scratch[cell] = cells[Int(column)]
        }
        cells = UnsafeBufferPointer(scratch)
      }
      let scored = ScoredRow(
        logits: cells, symbols: candidates?.symbols, scale: decoder.scale,
        isScored: !omitsScores, unknownPenalty: Float(settings.unkpen),
        rule: blocking(rule, sentence, sentence.rows[slot].node),
        sharpen: sharpen.map { sharpen in { sharpen(row, $0) } })
      let place = RowPlace(sentence: sentence.request.id, step: sentence.step, slot: slot)
      self.cells.counts[row] = strategy.scan(scored, at: place, into: self.cells.buffer(of: row))
    }
  }

  /// Adds to a rule what would repeat a sequence of symbols.
  private func blocking(
    _ rule: RowRule, _ sentence: SentenceSearch, _ node: Int32
  ) -> RowRule {
    guard settings.noRepeatNgramSize > 0, rule.forced == nil else { return rule }
    let blocked = NgramBlocking.blocked(
      after: [Vocabulary.eos] + sentence.trellis.prefix(to: node),
      size: settings.noRepeatNgramSize)
    return RowRule(excluded: Set(rule.excluded).union(blocked).sorted())
  }

  /// Takes finished sentences out.
  private mutating func retire() -> [(tag: Int, found: [Hypothesis])] {
    var finished: [(tag: Int, found: [Hypothesis])] = []
    for sentence in sentences where sentence.isDone {
      // The standard library's sort is stable: of equal scores the first found stays first.
      finished.append((sentence.request.tag, sentence.found.sorted { $0.score > $1.score }))
    }
    if !finished.isEmpty { sentences.removeAll(where: \.isDone) }
    return finished
  }
}

/// The cells found in all rows of a step.
private final class FoundCells {
  private var width = 1
  private var capacity = 0
  private(set) var counts = UnsafeMutableBufferPointer<Int>.allocate(capacity: 0)
  private var values = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)
  private var symbols = UnsafeMutableBufferPointer<Int32>.allocate(capacity: 0)

  func reserve(rows: Int, width: Int) {
    self.width = width
    if rows * width <= capacity { return }
    free()
    capacity = 2 * rows * width
    counts = .allocate(capacity: capacity)
    values = .allocate(capacity: capacity)
    symbols = .allocate(capacity: capacity)
  }

  private func free() {
    counts.deallocate()
    values.deallocate()
    symbols.deallocate()
  }

  deinit { free() }

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

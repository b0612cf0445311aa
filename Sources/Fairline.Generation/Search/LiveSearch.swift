import Fairline
import FairlineData
import FairlineTensor

/// The search for the outputs of several sentences side by side; sentences join and leave between
/// steps.
///
/// Only prefixes that are alive are decoded: one for each sentence in its first step, and none of
/// sentences that are finished. What is found for a sentence does not depend on the others.
struct LiveSearch {
  private let settings: GenerationSettings
  private let strategy: any SearchStrategy
  private let scorer: any CandidateScorer
  private let omitsScores: Bool
  /// Aligns finished outputs, where the search's own attention is not what is shown.
  private let aligner: WholeAlignment?
  private var sentences: [SentenceSearch] = []
  private var joined = 0
  private var cells = FoundCells()
  // The step's arguments, kept for their memory.
  private var symbols: [Int32] = []
  private var parents: [Int32] = []
  private var places: [Int32] = []
  /// For each row, the sentence it belongs to.
  private var owners: [Int] = []

  /// Begins a search with the sentences that the scorer was made for.
  init(
    _ settings: GenerationSettings, _ strategy: any SearchStrategy,
    scorer: any CandidateScorer, requests: [SentenceSearch.Request], omitsScores: Bool,
    aligner: WholeAlignment?
  ) {
    self.settings = settings
    self.strategy = strategy
    self.scorer = scorer
    self.omitsScores = omitsScores
    self.aligner = aligner
    add(requests)
  }

  /// The number of sentences that are not finished.
  var count: Int { sentences.count }

  /// Whether sentences may join.
  var takesMore: Bool { scorer.takesMore }

  /// Takes further sentences.
  mutating func join(_ inputs: [GenerationInput], _ requests: [SentenceSearch.Request]) {
    scorer.join(inputs)
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
    let scores = score()
    for sentence in sentences where sentence.strategy == nil {
      let own = scorer.candidates(of: sentence.place)?.symbols.count
      sentence.size = size(own ?? scores.logits.columns)
      sentence.strategy = strategy.forSentence(sentence.size, phrases: sentence.request.phrases)
    }
    cells.reserve(
      rows: symbols.count, width: strategy.width(size(scores.logits.columns)))
    scan(scores)
    let attention = settings.needsAttention ? scorer.attention : nil
    for sentence in sentences { advance(sentence, attention) }
    return retire()
  }

  private func size(_ symbols: Int) -> SearchSize {
    SearchSize(beam: settings.beam(vocabulary: symbols), vocabulary: symbols)
  }

  private mutating func score() -> StepScores {
    symbols.removeAll(keepingCapacity: true)
    parents.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
    owners.removeAll(keepingCapacity: true)
    for (owner, sentence) in sentences.enumerated() {
      sentence.firstRow = symbols.count
      for row in sentence.rows {
        let isFirst = row.node == Trellis.root
        symbols.append(isFirst ? sentence.request.start : sentence.trellis.symbol(row.node))
        parents.append(row.parent)
        places.append(Int32(sentence.place))
        owners.append(owner)
      }
    }
    return scorer.step(StepRows(symbols: symbols, parents: parents, sentences: places))
  }

  private func advance(_ sentence: SentenceSearch, _ attention: [[Float]]?) {
    let (first, rows) = (sentence.firstRow, sentence.rows)
    let found = rows.enumerated().map { number, row in
      cells.cells(of: first + number, score: row.score)
    }
    var candidates =
      sentence.strategy?.candidates(found, step: sentence.step, sentence.size) ?? []
    if sentence.prefixEnds, let best = candidates.first {
      candidates = Array(repeating: best, count: sentence.beam)
    }
    var trellis = sentence.trellis
    sentence.trellis = Trellis()  // so that there is one owner
    let ends = sentence.advance(
      candidates, keepsEndedRows: strategy.keepsEndedRows, ends: sentence.ends(settings)
    ) {
      trellis.add(
        $0.symbol, behind: rows[$0.row].node, score: $0.score,
        attention: attention?[first + $0.row])
    }
    for node in ends {
      var hypothesis = trellis.hypothesis(endingIn: node)
      hypothesis.score = settings.normalized(hypothesis.score, length: hypothesis.tokens.count)
      if hypothesis.tokens.last != Vocabulary.eos { hypothesis.appendEnd() }
      sentence.found.append(hypothesis)
    }
    if settings.keepsBest(beam: sentence.beam) { sentence.keepBest(settings) }
    sentence.trellis = trellis
  }

  /// Finds the cells of every row, as soon as its logits are there.
  private func scan(_ scores: StepScores) {
    let logits = scores.logits
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
            sentence, row..<last, UnsafeBufferPointer(rebasing: scalars[first..<end]), scores,
            sharpen: part.sharpen)
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
    _ scores: StepScores, sharpen: ((Int, [Int32]) -> Void)?
  ) {
    let columns = scores.logits.columns
    let rule = sentence.rule(sentence.ends(settings))
    let candidates = scorer.candidates(of: sentence.place)
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
      let demand = sentence.strategy?.demand(of: slot) ?? RowDemand()
      let blocked = blocking(rule, sentence, sentence.rows[slot].node)
      guard let allowed = demand.endIsExcluded ? blocked.withoutEnd() : blocked else {
        self.cells.counts[row] = 0
        continue
      }
      let scored = ScoredRow(
        logits: cells, symbols: candidates?.symbols, scale: scores.scale,
        holdsScores: scores.areScores, isScored: !omitsScores,
        unknownPenalty: Float(settings.unkpen),
        rule: allowed, renormalizes: settings.renormalizes,
        sharpen: sharpen.map { sharpen in { sharpen(row, $0) } })
      let place = RowPlace(
        sentence: sentence.request.id, step: sentence.step, slot: slot, size: sentence.size)
      self.cells.counts[row] = strategy.scan(scored, at: place, into: self.cells.buffer(of: row))
      if !demand.symbols.isEmpty {
        let values = scored.scores(of: demand.symbols)
        self.cells.keep(zip(demand.symbols, values).map { ($0, $1) }, of: row)
      }
    }
  }

  /// Adds to a rule what would repeat a sequence of symbols.
  private func blocking(
    _ rule: RowRule, _ sentence: SentenceSearch, _ node: Int32
  ) -> RowRule {
    guard settings.noRepeatNgramSize > 0, rule.forced == nil else { return rule }
    let blocked = NgramBlocking.blocked(
      after: [sentence.request.start] + sentence.trellis.prefix(to: node),
      size: settings.noRepeatNgramSize)
    return RowRule(excluded: Set(rule.excluded).union(blocked).sorted())
  }

  /// What a search gives that has no way to an end: the best prefix it had, ended at no cost.
  private func brokenOff(_ sentence: SentenceSearch) -> Hypothesis {
    var hypothesis = sentence.trellis.hypothesis(endingIn: sentence.lastAlive)
    hypothesis.appendEnd()
    hypothesis.score = settings.normalized(hypothesis.score, length: hypothesis.tokens.count)
    hypothesis.isBrokenOff = true
    return hypothesis
  }

  /// Takes finished sentences out.
  private mutating func retire() -> [(tag: Int, found: [Hypothesis])] {
    var finished: [(tag: Int, found: [Hypothesis])] = []
    for sentence in sentences where sentence.isDone {
      if sentence.found.isEmpty { sentence.found = [brokenOff(sentence)] }
      // The standard library's sort is stable: of equal scores the first found stays first.
      let sorted = sentence.found.sorted { $0.score > $1.score }
      let found = aligner?.aligned(sorted, with: sentence.request.source) ?? sorted
      finished.append((sentence.request.tag, found))
    }
    if !finished.isEmpty { sentences.removeAll(where: \.isDone) }
    return finished
  }
}

extension Hypothesis {
  /// Appends an end that costs nothing and attends to nothing.
  fileprivate mutating func appendEnd() {
    tokens.append(Vocabulary.eos)
    positionalScores.append(0)
    if let columns = attention?.first?.count {
      attention?.append([Float](repeating: 0, count: columns))
    }
  }
}

import Fairline
import FairlineTensor

/// Search with a Transformer: each step computes one symbol a row from cached keys and values.
///
/// Caches are never moved when hypotheses change places: a table tells for each row where the keys and values of its prefix lie.
/// Sentences may join at any step; rows of those that are finished are used again.
final class TransformerStepDecoder: IncrementalDecoder {
  private let search: TransformerSearch
  private let layers: [TransformerStepLayer]
  private let work: TransformerStepWork
  private let output: TransformerStepOutput
  private let encoderWork: TransformerStepWork
  private let memoryScratch: RowBuffer
  private var step = TransformerStep()
  /// The prefixes of the step before.
  private var before = RowLists()
  private var prefixCells = CacheRows(minimum: 64)
  private var sourceCells = CacheRows(minimum: 4)
  /// For each sentence, the cached rows of its source; none for finished ones.
  private var sourceRows: [[Int32]] = []
  /// Sentences of the last step, and those that joined since.
  private var alive: [Int] = []

  private(set) var attention: [[Float]]?
  var keepsAttention = false
  var takesMore: Bool { true }

  /// Source tokens that are encoded side by side: so many that products are efficient and their states stay in the cache.
  private static let encodedTogether = 320

  init(_ search: TransformerSearch, sources: PackedTokens) {
    self.search = search
    layers = zip(search.decoder.layers, search.layers).map(TransformerStepLayer.init)
    let c = search.configuration
    work = TransformerStepWork(channels: c.decoderChannels, hidden: c.decoderHidden)
    encoderWork = TransformerStepWork(channels: c.encoderEmbedDim, hidden: c.encoderFfnEmbedDim)
    memoryScratch = RowBuffer(columns: 2 * c.decoderChannels)
    output = TransformerStepOutput(search)
    join(sources)
  }

  func join(_ sources: PackedTokens) {
    if sources.segments.count == 0 { return }
    let kept = sourceCells.capacity
    let places = Array(
      sourceCells.take(sources.count) { mark in
        for sentence in alive { sourceRows[sentence].withUnsafeBufferPointer(mark) }
      })
    var first = 0
    for part in sources.parts(of: Self.encodedTogether) {
      search.encode(part, encoderWork)
      memoryScratch.reserve(part.count)
      for layer in layers {
        layer.join(
          encoderWork.states, at: Array(places[first..<(first + part.count)]),
          capacity: sourceCells.capacity, kept: kept, scratch: memoryScratch)
      }
      first += part.count
    }
    for sentence in 0..<sources.segments.count {
      alive.append(sourceRows.count)
      sourceRows.append(Array(places[sources.segments[sentence]]))
      output.join(sources[sentence])
    }
  }

  func candidates(of sentence: Int) -> CandidateSymbols? { output.candidates(of: sentence) }

  func step(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> Tensor {
    run(symbols, parents, sentences)
    return output.logits(of: work, rows: symbols.count)
  }

  func predict(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> StepLogits {
    run(symbols, parents, sentences)
    return output.prediction(of: work, rows: symbols.count)
  }

  /// Takes every row through the layers.
  private func run(_ symbols: [Int32], _ parents: [Int32], _ sentences: [Int32]) {
    let rows = symbols.count
    work.reserve(rows)
    retire(sentences)
    extendPrefixes(parents)
    showSources(sentences)
    let places = step.prefixes.counts.map { $0 - 1 }
    search.embedding(symbols, places: places, into: work.states)
    var weights: [[Float]] = keepsAttention ? Array(repeating: [], count: rows) : []
    for (index, layer) in layers.enumerated() {
      step.observe = keepsAttention && index == layers.count - 1 ? { weights[$0] = $1 } : nil
      layer.run(work, step)
    }
    attention = keepsAttention ? weights : nil
    step.observe = nil
    step.kept = step.capacity
  }

  /// Forgets the sentences that no row translates any more.
  private func retire(_ sentences: [Int32]) {
    step.groups = RowLists.runs(of: sentences)
    let still = step.groups.dropLast().map { Int(sentences[$0]) }
    let kept = Set(still)
    for sentence in alive where !kept.contains(sentence) {
      sourceRows[sentence] = []
      output.retire(sentence)
    }
    alive = still
    output.prepare(alive)
  }

  private func extendPrefixes(_ parents: [Int32]) {
    swap(&before, &step.prefixes)
    let (old, rows) = (before, parents.count)
    let begins = { (row: Int) in parents[row] < 0 || old.counts.isEmpty }
    let longest = parents.indices.reduce(0) {
      begins($1) ? $0 : max($0, Int(old.counts[Int(parents[$1])]))
    }
    step.prefixes.clear(rows: rows, longest: longest + 1)
    for row in 0..<rows where !begins(row) {
      step.prefixes.append(Int(parents[row]), of: old, to: row)
    }
    let prefixes = step.prefixes
    step.cells = Array(
      prefixCells.take(rows) { mark in
        for row in 0..<rows { prefixes.withList(row, mark) }
      })
    for row in 0..<rows { step.prefixes.append(step.cells[row], to: row) }
    step.capacity = prefixCells.capacity
  }

  private func showSources(_ sentences: [Int32]) {
    let longest = sentences.reduce(0) { max($0, sourceRows[Int($1)].count) }
    step.sources.clear(rows: sentences.count, longest: longest)
    for (row, sentence) in sentences.enumerated() {
      step.sources.append(sourceRows[Int(sentence)], to: row)
    }
  }
}

import Fairline
import FairlineTensor

/// A decoder that computes one symbol of each prefix at a time, cell by cell.
final class StackDecoder: IncrementalDecoder {
  private let search: StackSearch
  private let cells: [any StepCell]
  private let encode: SourceEncoder?
  private let output: StepOutput
  private let states: RowBuffer
  private var step = DecoderStep()
  private var prefixes = PrefixTable()
  private var sources = SourceTable()

  private(set) var attention: [[Float]]?
  var keepsAttention = false
  var takesMore: Bool { true }

  /// Source symbols that are encoded side by side: so many that products are efficient and their
  /// states stay in the cache.
  private static let encodedTogether = 320

  init(_ search: StackSearch, sources: PackedTokens) {
    self.search = search
    cells = search.cells()
    encode = search.encoder()
    output = StepOutput(search.output)
    states = RowBuffer(columns: search.embedding.channels)
    join(sources)
  }

  func join(_ packed: PackedTokens) {
    if packed.segments.count == 0 { return }
    let (kept, first) = (sources.capacity, sources.count)
    if let encode {
      let places = sources.join(packed.segments)
      var (place, sentence) = (0, first)
      for part in packed.parts(of: Self.encodedTogether) {
        let joined = EncodedSources(
          encoding: encode(part), sentences: sentence..<(sentence + part.segments.count),
          places: Array(places[place..<(place + part.count)]), capacity: sources.capacity,
          kept: kept)
        for cell in cells { cell.join(joined) }
        place += part.count
        sentence += part.segments.count
      }
    } else {
      _ = sources.join(Segments(lengths: packed.segments.lengths.map { _ in 0 }))
    }
    for sentence in 0..<packed.segments.count { output.join(packed[sentence]) }
  }

  func admit(_ symbols: [Int32], to sentence: Int) { output.admit(symbols, to: sentence) }

  func candidates(of sentence: Int) -> CandidateSymbols? { output.candidates(of: sentence) }

  func step(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> Tensor {
    output.logits(of: run(symbols, parents, sentences), rows: symbols.count)
  }

  func predict(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> StepLogits {
    output.prediction(of: run(symbols, parents, sentences), rows: symbols.count)
  }

  /// Takes every row through the cells. `[row, channel]`
  private func run(_ symbols: [Int32], _ parents: [Int32], _ sentences: [Int32]) -> RowBuffer {
    step.parents = parents
    step.sentences = sentences
    step.groups = RowLists.runs(of: sentences)
    sources.retire(before: step, output.retire)
    output.prepare(sources.alive)
    prefixes.extend(&step)
    if encode != nil { sources.show(&step) }
    search.embedding(symbols, places: step.places, into: states)
    var last = states
    var weights: [[Float]] = keepsAttention ? symbols.map { _ in [] } : []
    let observes = keepsAttention && encode != nil
    for (index, cell) in cells.enumerated() {
      step.observe = observes && index == cells.count - 1 ? { weights[$0] = $1 } : nil
      last = cell.run(last, step)
    }
    step.observe = nil
    step.kept = step.capacity
    step.number += 1
    attention = observes ? weights : nil
    return last
  }
}

import Fairline
import FairlineTensor

/// The end of a step: logits of all symbols, or of those that the sentences may be translated with.
final class TransformerStepOutput {
  private let search: TransformerSearch
  private let narrow: RowBuffer?
  private let logits: RowBuffer
  private var projection: InferenceLinear?
  /// For each sentence, what it may be translated with; none for finished ones.
  private var symbols: [[Int32]] = []
  private var candidates: [Int: CandidateSymbols] = [:]
  private var hasJoined = false

  init(_ search: TransformerSearch) {
    self.search = search
    narrow = search.outputMap.map { RowBuffer(columns: $0.outputs) }
    projection = search.projection
    logits = RowBuffer(columns: search.projectionTable.count)
  }

  /// Finds the candidates of a further sentence.
  func join(_ source: ArraySlice<Int32>) {
    guard let find = search.candidates else { return }
    symbols.append(find(source))
    hasJoined = true
  }

  /// Forgets a sentence.
  func retire(_ sentence: Int) {
    guard search.candidates != nil else { return }
    symbols[sentence] = []
    candidates[sentence] = nil
  }

  /// Packs the rows that the sentences alive need, when some have joined.
  func prepare(_ alive: [Int]) {
    guard hasJoined else { return }
    hasJoined = false
    var column = [Int32](repeating: -1, count: search.projectionTable.count)
    for sentence in alive {
      for symbol in symbols[sentence] { column[Int(symbol)] = 0 }
    }
    var union: [Int32] = []
    for symbol in column.indices where column[symbol] == 0 {
      column[symbol] = Int32(union.count)
      union.append(Int32(symbol))
    }
    projection = search.projectionTable.linear(of: union)
    logits.reshape(columns: union.count)
    for sentence in alive {
      candidates[sentence] = CandidateSymbols(
        symbols: symbols[sentence], columns: symbols[sentence].map { column[Int($0)] })
    }
  }

  func candidates(of sentence: Int) -> CandidateSymbols? { candidates[sentence] }

  /// The logits of the states of a step.
  func logits(of work: TransformerStepWork, rows: Int) -> Tensor {
    search.decoder.norm?(work.states, rows: rows, into: work.states)
    var last = work.states
    if let narrow, let map = search.outputMap {
      narrow.reserve(rows)
      map(last, rows: rows, into: narrow)
      last = narrow
    }
    guard let projection else { preconditionFailure("a step before any sentence joined") }
    logits.reserve(rows)
    projection(last, rows: rows, into: logits)
    return logits.tensor(rows: rows)
  }
}

import Fairline
import FairlineTensor
import Foundation

/// The end of a step: logits of all symbols, or of those that the sentences may be translated with.
final class StepOutput {
  private let prepared: PreparedOutput
  private let narrow: RowBuffer?
  private let logits: RowBuffer
  /// The map to all symbols, or to the candidates of the sentences alive; nil where the softmax is
  /// adaptive.
  private var projection: InferenceLinear?
  /// What is added to candidates' logits. `[1, candidate]`
  private var bias: Tensor?
  /// For each sentence, what it may be translated with; none for finished ones.
  private var symbols: [[Int32]] = []
  private var candidates: [Int: CandidateSymbols] = [:]
  private var hasJoined = false
  private let spare = SpareBuffers()

  /// Logits that stay in a core's second-level cache beside the weights that are read.
  private static let cachedLogits = 100_000
  /// Rows that a product takes side by side.
  private static let tile = 12

  init(_ prepared: PreparedOutput) {
    self.prepared = prepared
    narrow = prepared.map.map { RowBuffer(columns: $0.outputs) }
    if case .projected(let projected) = prepared.symbols { projection = projected.all }
    logits = RowBuffer(columns: prepared.symbols.count)
  }

  /// Finds the candidates of a further sentence.
  func join(_ source: ArraySlice<Int32>) {
    guard let find = prepared.candidates else { return }
    symbols.append(find(source))
    hasJoined = true
  }

  /// Adds to the candidates of a sentence, which stay ascending.
  func admit(_ more: [Int32], to sentence: Int) {
    guard prepared.candidates != nil else { return }
    symbols[sentence] = Set(symbols[sentence]).union(more).sorted()
    hasJoined = true
  }

  /// Forgets a sentence.
  func retire(_ sentence: Int) {
    guard prepared.candidates != nil else { return }
    symbols[sentence] = []
    candidates[sentence] = nil
  }

  /// Packs the rows that the sentences alive need, when some have joined.
  func prepare(_ alive: [Int]) {
    guard hasJoined else { return }
    hasJoined = false
    guard case .projected(let projected) = prepared.symbols else {
      for sentence in alive {
        candidates[sentence] = CandidateSymbols(
          symbols: symbols[sentence], columns: symbols[sentence])
      }
      return
    }
    var column = [Int32](repeating: -1, count: prepared.symbols.count)
    for sentence in alive {
      for symbol in symbols[sentence] { column[Int(symbol)] = 0 }
    }
    var union: [Int32] = []
    for symbol in column.indices where column[symbol] == 0 {
      column[symbol] = Int32(union.count)
      union.append(Int32(symbol))
    }
    (projection, bias) = projected.map(to: union)
    logits.reshape(columns: union.count)
    for sentence in alive {
      candidates[sentence] = CandidateSymbols(
        symbols: symbols[sentence], columns: symbols[sentence].map { column[Int($0)] })
    }
  }

  func candidates(of sentence: Int) -> CandidateSymbols? { candidates[sentence] }

  /// The logits of the states of a step. `[row, vocabulary]`
  func logits(of states: RowBuffer, rows: Int) -> Tensor {
    let states = input(of: states, rows: rows)
    logits.reserve(rows)
    compute(states, 0, rows, into: logits)
    return logits.tensor(rows: rows)
  }

  /// The same; those of many rows are computed a few rows at a time, which stay in the cache of the
  /// thread that reads them.
  func prediction(of states: RowBuffer, rows: Int) -> StepLogits {
    let atOnce = max(Self.tile, Self.cachedLogits / max(logits.columns, 1) / Self.tile * Self.tile)
    let parts = (rows + atOnce - 1) / atOnce
    let sketch = sketch
    if parts < 2, sketch == nil { return StepLogits(logits(of: states, rows: rows)) }
    let states = input(of: states, rows: rows)
    return StepLogits(rows: rows, columns: logits.columns) { [self] body in
      Parallel.blocks(parts) { part in
        let range = part * rows / parts..<(part + 1) * rows / parts
        let first = range.lowerBound
        let buffer = spare.take(columns: logits.columns, rows: range.count)
        if let sketch {
          sketch(states, from: first, rows: range.count, into: buffer)
          body(
            LogitRows(range, buffer.tensor(rows: range.count)) { row, excluded in
              sketch.sharpen(states, row: row, buffer, row: row - first, excluding: excluded)
            })
        } else {
          compute(states, first, range.count, into: buffer)
          body(LogitRows(range, buffer.tensor(rows: range.count)))
        }
        spare.give(buffer)
      }
    }
  }

  private var sketch: SketchedLinear? {
    if case .projected(let projected) = prepared.symbols { projected.sketch } else { nil }
  }

  private func compute(
    _ states: RowBuffer, _ first: Int, _ rows: Int, into result: RowBuffer
  ) {
    if case .adaptive(let softmax) = prepared.symbols {
      softmax(states, from: first, rows: rows, into: result)
      return
    }
    guard let projection else { preconditionFailure("a step before any sentence joined") }
    projection(states, from: first, rows: rows, into: result)
    if let bias { result.add(rowsOf: bias, at: [Int32](repeating: 0, count: rows)) }
  }

  /// What the way to symbols reads.
  private func input(of states: RowBuffer, rows: Int) -> RowBuffer {
    prepared.norm?(states, rows: rows, into: states)
    var last = states
    if let narrow, let map = prepared.map {
      narrow.reserve(rows)
      map(last, rows: rows, into: narrow)
      last = narrow
    }
    return last
  }
}

/// Buffers that threads use by turns: a thread that works alone has the same one, which stays in
/// its cache.
private final class SpareBuffers: @unchecked Sendable {
  private let lock = NSLock()
  private var all: [RowBuffer] = []

  func take(columns: Int, rows: Int) -> RowBuffer {
    let buffer = lock.withLock { all.popLast() } ?? RowBuffer(columns: columns)
    buffer.reshape(columns: columns)
    buffer.reserve(rows)
    return buffer
  }

  func give(_ buffer: RowBuffer) { lock.withLock { all.append(buffer) } }
}

import FairlineTensor

/// Where the keys and values of the sources lie in the caches, and which sentences are still
/// decoded.
struct SourceTable {
  /// Sentences of the last step, and those that joined since.
  private(set) var alive: [Int] = []
  private var cells = CacheRows(minimum: 4)
  /// For each sentence, the cached rows of its source; none for finished ones.
  private var rows: [[Int32]] = []

  /// Sentences that have joined so far.
  var count: Int { rows.count }
  /// Rows that caches of sources need to have.
  var capacity: Int { cells.capacity }

  /// Finds room for further sentences.
  ///
  /// - Returns: the cached row of each source symbol. `[source]`
  mutating func join(_ segments: Segments) -> [Int32] {
    let places = Array(
      cells.take(segments.tokenCount) { [alive, rows] mark in
        for sentence in alive { rows[sentence].withUnsafeBufferPointer(mark) }
      })
    for sentence in 0..<segments.count {
      alive.append(rows.count)
      rows.append(Array(places[segments[sentence]]))
    }
    return places
  }

  /// Forgets the sentences that no row of a step belongs to, calling `body` for each.
  mutating func retire(before step: DecoderStep, _ body: (Int) -> Void) {
    let kept = Set(step.groups.dropLast().map { Int(step.sentences[$0]) })
    for sentence in alive where !kept.contains(sentence) {
      rows[sentence] = []
      body(sentence)
    }
    alive.removeAll { !kept.contains($0) }
  }

  /// Lists for each row of a step the cached rows of its source.
  func show(_ step: inout DecoderStep) {
    let sentences = step.sentences
    let longest = sentences.reduce(0) { max($0, rows[Int($1)].count) }
    step.sources.clear(rows: sentences.count, longest: longest)
    for (row, sentence) in sentences.enumerated() {
      step.sources.append(rows[Int(sentence)], to: row)
    }
  }
}

/// Progress through phrases that must be met in their order, each without a gap.
///
/// Between phrases any symbol may stand. Whoever leaves a phrase in the middle begins again with
/// the first phrase, as in fairseq.
package struct OrderedConstraints: Sendable {
  /// The phrases one after another, and whether a phrase ends with each symbol.
  private let symbols: [Int32]
  private let ends: [Bool]
  /// The last symbol that was met; -1 before the first.
  private var place = -1

  init(_ phrases: [[Int32]]) {
    symbols = phrases.flatMap { $0 }
    ends = phrases.flatMap { phrase in phrase.indices.map { $0 == phrase.count - 1 } }
  }

  var bank: Int { place + 1 }
  var metCount: Int { place < 0 ? 0 : ends[...place].count { $0 } }
  var isFinished: Bool { place + 1 == symbols.count }

  var nextSymbols: [Int32] {
    var next: Set<Int32> = []
    if place > 0 { next.insert(symbols[0]) }
    if !isFinished { next.insert(symbols[place + 1]) }
    return next.sorted()
  }

  func advanced(by symbol: Int32) -> OrderedConstraints {
    if isFinished { return self }
    var next = self
    if symbols[place + 1] == symbol {
      next.place += 1
    } else if place >= 0, !ends[place] {
      next.place = symbol == symbols[0] ? 0 : -1
    }
    return next
  }
}

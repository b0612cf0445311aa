import FairlineData

/// What one prefix may be continued with.
struct RowRule {
  /// The only symbol allowed; nil when the choice is free.
  var forced: Int32?
  /// Whether the forced symbol costs nothing.
  var isFree = false
  /// Symbols that are not allowed, ascending, each once.
  var excluded: [Int32] = []

  /// Whether a symbol may be next.
  func allows(_ symbol: Int32) -> Bool {
    if let forced { return symbol == forced }
    return !excluded.contains(symbol)
  }

  /// The rule without the end; nil when nothing else is allowed.
  func withoutEnd() -> RowRule? {
    if let forced { return forced == Vocabulary.eos ? nil : self }
    var rule = self
    if allows(Vocabulary.eos) { rule.excluded.insertSorted(Vocabulary.eos) }
    return rule
  }
}

/// What a row is asked for besides its best cells.
public struct RowDemand: Sendable {
  /// Whether the output must not end here.
  public var endIsExcluded: Bool
  /// Symbols whose scores are wanted, however bad they are.
  public var symbols: [Int32]

  /// Asks for something.
  public init(endIsExcluded: Bool = false, symbols: [Int32] = []) {
    self.endIsExcluded = endIsExcluded
    self.symbols = symbols
  }
}

/// Which row a row is, for what is drawn from it.
public struct RowPlace {
  /// The sentence's number in its data set.
  public let sentence: Int
  /// The number of symbols before.
  public let step: Int
  /// The place among the rows of its sentence.
  public let slot: Int
  /// The beam and the number of symbols.
  public let size: SearchSize
}

/// The cells found in one row.
public struct RowCells {
  /// The score of the prefix.
  public let score: Float
  /// Scores of the continuing symbols, best first.
  public let values: UnsafeBufferPointer<Float>
  /// The continuing symbols.
  public let symbols: UnsafeBufferPointer<Int32>
  /// The symbols that were asked for; see ``SearchStrategy/demand(of:_:)``.
  public var demanded: [(symbol: Int32, value: Float)] = []
}

/// Memory for the cells found in one row.
public struct CellBuffer {
  /// Scores, best first.
  public let values: UnsafeMutableBufferPointer<Float>
  /// Their symbols.
  public let symbols: UnsafeMutableBufferPointer<Int32>

  /// Uses memory of equal sizes for both.
  public init(
    values: UnsafeMutableBufferPointer<Float>, symbols: UnsafeMutableBufferPointer<Int32>
  ) {
    self.values = values
    self.symbols = symbols
  }

  /// Puts a symbol at its place among `count` sorted ones; returns the new count.
  public func insert(_ symbol: Int32, _ score: Float, count: Int) -> Int {
    var place = count
    while place > 0, values[place - 1] < score {
      if place < values.count {
        values[place] = values[place - 1]
        symbols[place] = symbols[place - 1]
      }
      place -= 1
    }
    guard place < values.count else { return count }
    values[place] = score
    symbols[place] = symbol
    return min(count + 1, values.count)
  }
}

extension [Int32] {
  /// Puts a number at its place in an ascending list that lacks it.
  mutating func insertSorted(_ number: Int32) {
    insert(number, at: firstIndex { $0 > number } ?? count)
  }
}

import FairlineTensor

/// What the cells of a decoder need to know of one step.
public struct DecoderStep {
  /// The row of the step before that each row goes on from; negative for a row that begins. `[row]`
  public internal(set) var parents: [Int32] = []
  /// The sentence that each row belongs to. `[row]`
  public internal(set) var sentences: [Int32] = []
  /// The place of each row's symbol in its prefix, counted from 0. `[row]`
  public internal(set) var places: [Int32] = []
  /// Receives each row's attention over the source, averaged over heads; nil where it is not
  /// wanted.
  public var observe: ((_ row: Int, _ weights: [Float]) -> Void)?

  /// How many steps there were before.
  var number = 0
  /// Whether there was no step before.
  var isFirst = true
  /// Where the rows of each sentence begin, and the number of rows.
  var groups: [Int] = [0]
  /// The cached row of each row's own keys and values.
  var cells: [Int32] = []
  /// Rows that caches of prefixes need to have.
  var capacity = 0
  /// Rows of these caches that may hold something.
  var kept = 0
  /// For each row, the cached rows of its prefix, itself included.
  var prefixes = RowLists()
  /// For each row, the cached rows of its source.
  var sources = RowLists()

  /// The number of rows.
  public var rows: Int { parents.count }

  /// Whether a row begins, instead of going on from a row of the step before.
  public func begins(_ row: Int) -> Bool { isFirst || parents[row] < 0 }

  /// The number of a row's source symbols.
  public func sourceLength(of row: Int) -> Int { Int(sources.counts[row]) }

  /// The same step, with nobody who wants to see the attention.
  public var unobserved: DecoderStep {
    var copy = self
    copy.observe = nil
    return copy
  }
}

/// Where each sequence of a packed batch begins: sequences stand one after another without padding.
///
/// States of a batch are `[token, channel]`; sequence `i` owns the rows `self[i]`.
public struct Segments: Equatable, Sendable {
  /// The first row of each sequence, and at the end the number of rows.
  public let offsets: [Int]

  /// Makes segments from the length of each sequence.
  public init(lengths: some Sequence<Int>) {
    var offsets = [0]
    for length in lengths {
      precondition(length >= 0, "a sequence cannot have the length \(length)")
      offsets.append(offsets[offsets.count - 1] + length)
    }
    self.offsets = offsets
  }

  /// The number of sequences.
  public var count: Int { offsets.count - 1 }

  /// The number of rows of all sequences together.
  public var tokenCount: Int { offsets[offsets.count - 1] }

  /// The rows of sequence `index`.
  public subscript(index: Int) -> Range<Int> { offsets[index]..<offsets[index + 1] }

  /// The number of rows of sequence `index`.
  public func length(_ index: Int) -> Int { offsets[index + 1] - offsets[index] }

  /// The length of each sequence.
  public var lengths: [Int] { (0..<count).map(length) }

  /// The length of the longest sequence; 0 when there is none.
  public var longest: Int { lengths.max() ?? 0 }

  /// For each row, its place in its sequence, counted from `start`.
  public func positions(from start: Int) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(tokenCount)
    for index in 0..<count {
      for place in 0..<length(index) { result.append(Int32(place + start)) }
    }
    return result
  }
}

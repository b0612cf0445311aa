/// Symbol numbers of several sequences, one after another without padding.
public struct PackedTokens: Equatable, Sendable {
  /// The symbols of all sequences. `[token]`
  public let ids: [Int32]
  /// Which symbols belong to which sequence.
  public let segments: Segments

  /// Packs sequences of symbols.
  public init(_ sequences: [[Int32]]) {
    ids = sequences.flatMap { $0 }
    segments = Segments(lengths: sequences.map(\.count))
  }

  /// Uses symbols that are packed already.
  public init(ids: [Int32], segments: Segments) {
    precondition(
      ids.count == segments.tokenCount,
      "\(ids.count) symbols do not fill segments of \(segments.tokenCount) rows")
    self.ids = ids
    self.segments = segments
  }

  /// The number of symbols of all sequences together.
  public var count: Int { ids.count }

  /// The symbols of sequence `index`.
  public subscript(index: Int) -> ArraySlice<Int32> { ids[segments[index]] }

  /// Neighbouring sequences.
  public subscript(range: Range<Int>) -> PackedTokens {
    let rows =
      range.isEmpty
      ? 0..<0 : segments[range.lowerBound].lowerBound..<segments[range.upperBound - 1].upperBound
    return PackedTokens(
      ids: Array(ids[rows]), segments: Segments(lengths: range.map(segments.length)))
  }

  /// The sequences in groups of neighbours, each of at most so many tokens, or of one sequence.
  public func parts(of tokens: Int) -> [PackedTokens] {
    var parts: [[[Int32]]] = []
    var size = 0
    for index in 0..<segments.count {
      let sequence = Array(self[index])
      if parts.isEmpty || size + sequence.count > tokens {
        parts.append([])
        size = 0
      }
      parts[parts.count - 1].append(sequence)
      size += sequence.count
    }
    return parts.map { PackedTokens($0) }
  }
}

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
}

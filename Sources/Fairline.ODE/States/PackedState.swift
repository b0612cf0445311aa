/// A batch of sequences of different lengths, one after another without padding; each is a part.
///
/// With packed states a solve can measure the error of each sequence, and give each sequence times
/// and steps of its own.
public struct PackedState<Element: ODEScalar>: SequenceState,
  ContiguousState, Sendable
{
  /// The type of an element.
  public typealias Scalar = Element

  /// The elements of all sequences, one after another.
  public var elements: [Element]
  /// Where each sequence begins, and at the end the number of elements.
  public private(set) var offsets: [Int]

  /// Packs sequences of elements.
  public init(_ sequences: [[Element]]) {
    elements = sequences.flatMap { $0 }
    offsets = sequences.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
  }

  /// Uses elements that are packed already.
  ///
  /// - Parameter offsets: where each sequence begins, and at the end the number of elements.
  public init(elements: [Element], offsets: [Int]) {
    precondition(
      offsets.first == 0 && offsets.last == elements.count,
      "offsets \(offsets) do not cover \(elements.count) elements")
    self.elements = elements
    self.offsets = offsets
  }

  /// The elements of sequence `index`.
  public subscript(index: Int) -> ArraySlice<Element> { elements[elements(ofPart: index)] }

  /// The number of elements of all sequences.
  public var count: Int { elements.count }

  /// The number of sequences.
  public var partCount: Int { offsets.count - 1 }

  /// Whether another batch has sequences of the same lengths.
  public func hasShape(of other: PackedState) -> Bool { offsets == other.offsets }

  /// The elements of sequence `part`.
  public func elements(ofPart part: Int) -> Range<Int> { offsets[part]..<offsets[part + 1] }

  /// A batch of the same lengths, with all elements zero.
  public func zeros() -> PackedState { PackedState(elements: elements.zeros(), offsets: offsets) }

  /// Calls `body` with the elements.
  public func withElements<Result>(
    _ body: (UnsafeBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    try elements.withUnsafeBufferPointer(body)
  }

  /// Calls `body` with the elements, to be changed.
  public mutating func withMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
  ) rethrows -> Result {
    try elements.withUnsafeMutableBufferPointer { try body($0) }
  }

  /// The given sequences only, in that order.
  public func selecting(_ sequences: [Int]) -> PackedState {
    PackedState(sequences.map { Array(self[$0]) })
  }

  /// Replaces sequence `places[i]` by sequence `sources[i]` of another batch.
  public mutating func replace(_ places: [Int], from other: PackedState, _ sources: [Int]) {
    for (place, source) in zip(places, sources) {
      elements.replaceSubrange(elements(ofPart: place), with: other[source])
    }
  }
}

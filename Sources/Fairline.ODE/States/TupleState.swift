/// Several states that are solved as one system, each measured as a part of its own.
public struct TupleState<Member: ODEState>: ODEState {
  /// The type of an element.
  public typealias Scalar = Member.Scalar

  /// The states that make up the tuple.
  public var members: [Member]

  /// Makes a tuple of states.
  public init(_ members: [Member]) { self.members = members }

  /// The number of elements of all members.
  public var count: Int { members.reduce(0) { $0 + $1.count } }

  /// The number of parts of all members.
  public var partCount: Int { members.reduce(0) { $0 + $1.partCount } }

  /// Whether another tuple has members of the same shapes.
  public func hasShape(of other: TupleState) -> Bool {
    members.count == other.members.count
      && zip(members, other.members).allSatisfy { $0.hasShape(of: $1) }
  }

  /// A tuple of the same shapes, with all elements zero.
  public func zeros() -> TupleState { TupleState(members.map { $0.zeros() }) }

  /// Replaces the elements by a linear combination.
  public mutating func assign(_ sum: LinearSum<TupleState>) {
    forEachMember { member, index, parts in
      member.assign(sum.map(part: parts) { $0.members[index] })
    }
  }

  /// Adds `factor` times another tuple.
  public mutating func add(_ other: TupleState, times factor: [Double]) {
    forEachMember { member, index, parts in
      member.add(other.members[index], times: factor.count == 1 ? factor : Array(factor[parts]))
    }
  }

  /// Appends the measures of all members.
  public func measure(
    _ sum: LinearSum<TupleState>, second: TupleState, tolerance: Tolerance<TupleState>,
    into measures: inout [Measure]
  ) {
    var first = 0
    for (index, member) in members.enumerated() {
      let parts = first..<first + member.partCount
      first = parts.upperBound
      member.measure(
        sum.map(part: parts) { $0.members[index] }, second: second.members[index],
        tolerance: tolerance.map { $0.members[index] }, into: &measures)
    }
  }

  /// Replaces the elements by those of `sum`, each divided by its tolerated error.
  public mutating func assignScaled(
    _ sum: LinearSum<TupleState>, first: TupleState, second: TupleState,
    tolerance: Tolerance<TupleState>
  ) {
    forEachMember { member, index, parts in
      member.assignScaled(
        sum.map(part: parts) { $0.members[index] }, first: first.members[index],
        second: second.members[index], tolerance: tolerance.map { $0.members[index] })
    }
  }

  /// Appends the inner products of the members.
  public func appendDots(with other: TupleState, to products: inout [Double]) {
    for (mine, theirs) in zip(members, other.members) {
      mine.appendDots(with: theirs, to: &products)
    }
  }

  /// Whether no element is infinite or not a number.
  public var isFinite: Bool { members.allSatisfy(\.isFinite) }

  /// Calls `body` with each member, its index, and the numbers of its parts.
  private mutating func forEachMember(_ body: (inout Member, Int, Range<Int>) -> Void) {
    var first = 0
    for index in members.indices {
      let parts = first..<first + members[index].partCount
      first = parts.upperBound
      body(&members[index], index, parts)
    }
  }
}

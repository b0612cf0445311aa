/// Fields that do not see each other, solved as one system over a tuple of their states.
public struct TupleField<Member: VectorField>: VectorField {
  private let members: [Member]

  /// Makes a field that drives member `k` of the state by `members[k]`.
  public init(_ members: [Member]) { self.members = members }

  /// Evaluates each member on its own part of the state.
  public func evaluate(
    at time: FieldTime, _ state: TupleState<Member.State>,
    into derivative: inout TupleState<Member.State>
  ) {
    for (index, member) in members.enumerated() {
      member.evaluate(at: time, state.members[index], into: &derivative.members[index])
    }
  }
}

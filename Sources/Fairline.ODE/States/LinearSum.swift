/// The linear combination `base + scale * (w_0 x_0 + w_1 x_1 + ...)`, where the `x` are picked from
/// an array.
///
/// Every value that an explicit solver computes between two calls of the field is one of these: a
/// stage, a solution, an error estimate, an output between steps.
public struct LinearSum<State> {
  /// The state that is added as it is; none counts as zero.
  public var base: State?
  /// Where the combined states are picked from.
  public var terms: [State]
  /// Which of `terms` are combined.
  public var picks: [Int]
  /// The weight of each pick; zeros are skipped.
  public var weights: [Double]
  /// The common factor, usually the step: one number, or one for each part.
  public var scale: [Double]
  /// How many picks are added up at a time before their sum is added to the others', in order; any
  /// order when nil, and on tensors.
  public var runs: [Int]?
  /// What the result is for.
  public var purpose: SumPurpose

  /// Makes a linear combination.
  public init(
    base: State? = nil, terms: [State], picks: [Int], weights: [Double], scale: [Double] = [1],
    runs: [Int]? = nil, purpose: SumPurpose = .value
  ) {
    self.base = base
    self.terms = terms
    self.picks = picks
    self.weights = weights
    self.scale = scale
    self.runs = runs
    self.purpose = purpose
  }

  /// The single state `x` times a factor.
  public init(_ x: State, times factor: Double = 1) {
    self.init(terms: [x], picks: [0], weights: [factor])
  }

  /// The same combination of other states, such as one member of each tuple.
  func map<Other>(part: Range<Int>, _ transform: (State) -> Other) -> LinearSum<Other> {
    var members: [Other] = []
    members.reserveCapacity(picks.count)
    for pick in picks { members.append(transform(terms[pick])) }
    return LinearSum<Other>(
      base: base.map(transform), terms: members, picks: Array(picks.indices), weights: weights,
      scale: scale.count == 1 ? scale : Array(scale[part]), runs: runs, purpose: purpose)
  }
}

/// What a linear combination is computed for.
public enum SumPurpose: Sendable {
  /// A value that may be kept unread.
  case value
  /// A point of a step, which is read soon: its elements may be computed then.
  case point
  /// A point that is only a place to evaluate the field at: parts that no field reads may be left
  /// out.
  case stage
}

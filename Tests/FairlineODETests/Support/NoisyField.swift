import FairlineODE

/// A problem whose evaluations carry noise of rounding size: 8 units in the last place of each
/// element, as the fixtures define it.
///
/// The noise is a function of seed, time and state, so that a noisy solve can be repeated.
struct NoisyField<Element: Number>: VectorField {
  let problem: any Problem<Element>
  let seed: UInt64

  func evaluate(at time: FieldTime, _ state: [Element], into derivative: inout [Element]) {
    var random = time.value.bitPattern ^ seed
    for element in state { random = Self.mixed(random ^ Double(element).bitPattern) }
    derivative = problem.value(Element(time.value), state).map { value in
      random = Self.mixed(random)
      let part = Double(random >> 11) / Double(1 << 52) - 1
      return value + Element(part * 8) * value.ulp
    }
  }

  /// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA
  /// 2014).
  private static func mixed(_ state: UInt64) -> UInt64 {
    var z = state &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// The counts of a solve.
struct Counts {
  let evaluations: Int
  let accepted: Int
  let rejected: Int

  init(_ statistics: SolveStatistics) {
    evaluations = statistics.evaluations
    accepted = statistics.accepted
    rejected = statistics.rejected
  }

  /// The count of a key of the fixtures.
  subscript(key: String) -> Int? {
    switch key {
    case "nfe", "nfe_forward": evaluations
    case "accepted": accepted
    case "rejected": rejected
    default: nil
    }
  }
}

/// The counts that rounding leaves open: those of a solve, and of the same solve under different
/// noise of rounding size.
struct CountSpread {
  private let counts: [Counts]

  /// - Parameter solve: solves with a field and returns the statistics.
  init<Element: Number>(
    _ own: SolveStatistics, _ problem: any Problem<Element>, draws: UInt64 = 24,
    _ solve: (NoisyField<Element>) throws -> SolveStatistics
  ) rethrows {
    counts =
      try [Counts(own)]
      + (1...draws).map { try Counts(solve(NoisyField(problem: problem, seed: $0))) }
  }

  /// The values of a count, from the least to the most.
  func range(_ key: String) -> ClosedRange<Int> {
    let values = counts.compactMap { $0[key] }
    return (values.min() ?? 0)...(values.max() ?? 0)
  }
}

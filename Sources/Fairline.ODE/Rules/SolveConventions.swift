/// What a solve does where its method leaves a choice: when steps end, which are accepted, what
/// outputs are read from.
public struct SolveConventions: Sendable {
  let rules: any SolveRules

  init(_ rules: any SolveRules) { self.rules = rules }

  /// Fairline's own: steps end where the interval ends, and begin with the slope that belongs
  /// there.
  public static let standard = SolveConventions(StandardRules())
}

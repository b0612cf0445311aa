/// The solvers that this library brings, by name.
public enum StandardSolvers {
  /// A solver and the name by which users choose it; some have more than one.
  public typealias Entry = (name: String, solver: any Solver)

  /// All of them, tables first.
  public static let all: [Entry] = {
    let tables: [RungeKutta] = [
      .euler, .midpoint, .heun2, .heun3, .ralston, .rk4, .rk4Classic, .bosh3, .adaptiveHeun,
      .fehlberg2, .dopri5, .tsit5, .dopri8,
    ]
    return tables.map { ($0.name, $0) } + [
      ("explicit_adams", ExplicitAdams()), ("implicit_adams", ImplicitAdams()),
      ("fixed_adams", ImplicitAdams()), ("adams", Adams()),
    ]
  }()

  /// Their names.
  public static var names: [String] { all.map(\.name) }

  /// The solver of a name.
  ///
  /// - Throws: ``ODEError/unknownSolver(_:known:)``.
  public static func solver(named name: String) throws -> any Solver {
    guard let found = all.first(where: { $0.name == name }) else {
      throw ODEError.unknownSolver(name, known: names)
    }
    return found.solver
  }
}

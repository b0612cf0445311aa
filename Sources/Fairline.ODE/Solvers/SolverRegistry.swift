/// Solvers by name: a value, to which an outside package can add its own.
public struct SolverRegistry: Sendable {
  private var solvers: [String: any Solver] = [:]

  /// The names in the order in which they were added, aliases included.
  public private(set) var names: [String] = []

  /// Makes an empty registry.
  public init() {}

  /// All solvers of this library.
  public static let standard: SolverRegistry = {
    var registry = SolverRegistry()
    let tables: [RungeKutta] = [
      .euler, .midpoint, .heun2, .heun3, .ralston, .rk4, .rk4Classic, .bosh3, .adaptiveHeun,
      .fehlberg2, .dopri5, .tsit5, .dopri8,
    ]
    for table in tables { registry.add(table) }
    registry.add(ExplicitAdams())
    registry.add(ImplicitAdams())
    registry.add(ImplicitAdams(), as: "fixed_adams")
    registry.add(Adams())
    return registry
  }()

  /// Adds a solver under its name, or under another.
  public mutating func add(_ solver: some Solver, as alias: String? = nil) {
    let name = alias ?? solver.name
    precondition(solvers[name] == nil, "a solver named '\(name)' is registered already")
    solvers[name] = solver
    names.append(name)
  }

  /// The solver of a name.
  ///
  /// - Throws: ``ODEError/unknownSolver(_:known:)``.
  public func solver(named name: String) throws -> any Solver {
    guard let solver = solvers[name] else { throw ODEError.unknownSolver(name, known: names) }
    return solver
  }
}

public import Fairline
public import FairlineODE

/// Solvers of differential equations, which `--node-method` and its like choose from.
public enum SolverSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = any Solver
  /// The kind.
  public static let kind = "solver"
}

extension Catalog {
  /// Solvers of differential equations; a plug-in adds its own under a name of its own.
  public var solvers: Registry<any Solver> {
    get { self[SolverSection.self] }
    set { self[SolverSection.self] = newValue }
  }
}

/// The solvers that settings may name.
struct SolverChoice: Sendable {
  private let registry: Registry<any Solver>

  /// The entries of a catalogue, or FairlineODE's own where nobody registered any.
  init(_ catalog: Catalog) throws {
    var registry = catalog.solvers
    if registry.names.isEmpty { try registry.addStandardSolvers() }
    self.registry = registry
  }

  /// The solver of a flag's value; an ending `-ext` is left out.
  ///
  /// - Throws: ``UserError`` naming the flag and the known solvers.
  func solver(_ name: String, flag: String) throws -> any Solver {
    let plain = name.hasSuffix("-ext") ? String(name.dropLast(4)) : name
    do {
      return try registry[registry.contains(name) ? name : plain]
    } catch {
      throw UserError("--\(flag): \(error)")
    }
  }
}

extension Registry<any Solver> {
  /// Adds the solvers of FairlineODE.
  mutating func addStandardSolvers() throws {
    for (name, solver) in StandardSolvers.all { try add(name, solver.summary, solver) }
  }
}

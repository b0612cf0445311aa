import Fairline
import FairlineODE

/// How solves go in one phase: training, or evaluation.
struct SolveScheme: Sendable {
  var solver: any Solver
  /// Equal steps of a whole solve; nil leaves steps to solver and tolerance.
  var steps: Int?
  var relative: Double
  var absolute: Double
  var maxSteps: Int
  var maxEvaluations: Int
  var policy: LimitPolicy
  var control: NodeControl
  var norm: NodeNorm
  /// Where the outcomes of solves are counted.
  private(set) var tally = SolveTally()

  /// The scheme of training.
  init(training s: NodeSettings, _ solvers: SolverChoice) throws {
    solver = try solvers.solver(s.nodeMethod, flag: "node-method")
    steps = s.nodeSteps > 0 ? s.nodeSteps : nil
    relative = s.nodeRtol
    absolute = s.nodeAtol
    maxSteps = s.nodeMaxNumSteps
    maxEvaluations = s.nodeMaxEvaluations > 0 ? s.nodeMaxEvaluations : .max
    policy = s.nodeOnLimit == .coast ? .coast(steps: s.nodeCoastSteps) : .hold
    control = s.nodeControl
    norm = s.nodeNorm
  }

  /// The scheme of evaluation, where every solve has to end with a result.
  init(evaluation s: NodeSettings, _ solvers: SolverChoice) throws {
    self = try SolveScheme(training: s, solvers)
    if let name = s.nodeEvalMethod { solver = try solvers.solver(name, flag: "node-eval-method") }
    if let count = s.nodeEvalSteps { steps = count > 0 ? count : nil }
    relative = s.nodeEvalRtol ?? relative
    absolute = s.nodeEvalAtol ?? absolute
    policy = .coast(steps: s.nodeCoastSteps)
  }

  /// Whether every solve takes the same evaluations, whatever its state.
  var isRegular: Bool {
    guard solver is RungeKutta || solver is ExplicitAdams else { return false }
    return (steps != nil || !solver.isAdaptive) && maxEvaluations == .max
  }

  /// The options of the solve of one piece.
  ///
  /// - Parameters:
  ///   - pieces: pieces of the whole solve, among which equal steps are shared out.
  ///   - used: evaluations that earlier pieces took.
  func options<State: ODEState>(pieces: Int, used: Int) -> SolveOptions<State> {
    var options = SolveOptions<State>(relative: relative, absolute: absolute)
    if let steps {
      options.stepping = .count(max(1, steps / pieces))
    } else if control == .sequence {
      options.stepping = .perSequence
    }
    options.maxSteps = maxSteps
    options.maxEvaluations = maxEvaluations == .max ? .max : max(maxEvaluations - used, 1)
    options.limitPolicy = policy
    options.norm =
      switch norm {
      case .batch: .rootMeanSquare
      case .sequence: .largestPart
      case .maximum: .maximum
      }
    return options
  }
}

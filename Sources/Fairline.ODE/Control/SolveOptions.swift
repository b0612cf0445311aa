/// Everything that may be chosen about a solve besides field, state, times and solver.
public struct SolveOptions<State: ODEState> {
  /// The error a step may make.
  public var tolerance = Tolerance<State>()
  /// How errors of elements become one number.
  public var norm = ErrorNorm<State>.rootMeanSquare
  /// How the interval is gone through.
  public var stepping = Stepping.automatic
  /// How the next step follows from the last errors.
  public var controller = StepController.elementary

  /// The first step tried; nil chooses it (Hairer, Nørsett & Wanner, II.4).
  public var firstStep: Double?
  /// Steps this short are accepted whatever their error.
  public var minStep = 0.0
  /// No step is longer.
  public var maxStep = Double.infinity
  /// Times that steps end at.
  public var stepTimes: [Double] = []
  /// Times that steps end at and where the field may jump: it is evaluated anew on the other side.
  public var jumpTimes: [Double] = []

  /// What fixed steps report at output times inside a step.
  public var interpolation = FixedInterpolation.own
  /// Whether fixed steps evaluate the field just inside their ends rather than at them.
  public var evaluatesInside = false

  /// The most steps, accepted and rejected, in the whole solve.
  ///
  /// Without a limit, here or of evaluations, a search for an event over an endless interval gives
  /// up after 100,000; so do more than 10^9 fixed steps.
  public var maxSteps = Int.max
  /// The most evaluations of the field in the whole solve; an adjoint solve has a budget of the
  /// same size.
  public var maxEvaluations = Int.max
  /// What happens at these limits, and where steps chosen by error break off.
  public var limitPolicy = LimitPolicy.hold

  /// Functions whose zeros end the solve.
  public var events: [Event<State>] = []
  /// How precisely the time of an event is found; nil takes the absolute tolerance.
  public var eventTolerance: Double?
  /// Who is told of each step.
  public var observer = SolveObserver<State>()

  /// Whether the solution keeps every attempted step in its statistics.
  public var keepsSteps = false
  /// Whether the solution can be evaluated at any time afterwards.
  public var keepsDenseOutput = false
  /// Where methods leave a choice, whose habits the solve has.
  public var conventions = SolveConventions.standard

  /// The defaults: adaptive steps, relative tolerance 1e-3, absolute tolerance 1e-6.
  public init() {}

  /// The defaults at other tolerances.
  public init(relative: Double, absolute: Double) {
    tolerance = Tolerance(relative: relative, absolute: absolute)
  }
}

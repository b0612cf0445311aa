extension TorchdiffeqRules {
  func makeStepper<State: ODEState>(
    of solver: any Solver, for setting: StepperSetting<State>
  ) -> (any Stepper<State>)? {
    switch solver {
    case let method as RungeKutta: return stepper(of: method, setting)
    case let method as ExplicitAdams:
      // A limit of 12, which is the default, means order 11.
      return FixedAdamsStepper<State>(
        historyLimit: (method.maxOrder ?? 12) - 1, corrector: nil, startsAt: 3,
        nodes: .assumedEqual)
    case let method as ImplicitAdams:
      return FixedAdamsStepper<State>(
        historyLimit: (method.maxOrder ?? 12) - 1,
        corrector: .init(maxIterations: method.maxIterations, tolerance: setting.tolerance),
        startsAt: 3, nodes: .assumedEqual)
    default: return nil
    }
  }

  /// Stages in the reference's order of sums, quartics through its middles, and, where steps are
  /// chosen by error, the last stage as the next step's first even where it lies at another point.
  private func stepper<State: ODEState>(
    of method: RungeKutta, _ setting: StepperSetting<State>
  ) -> any Stepper<State> {
    let lanes = 32 / MemoryLayout<State.Scalar>.size
    let middle = middle(of: method)
    return RungeKuttaStepper<State>(
      method, interpolation: middle.map { .quartic(middle: $0) } ?? method.interpolation,
      handsOnLastStage: setting.isAdaptive && middle != nil,
      sum: { SlopeSum.inOrderOfReference($0, lanes: lanes) })
  }

  /// The weights of the middle of a method's quartic, where it is not the method's own.
  private func middle(of method: RungeKutta) -> [Double]? {
    switch (method.name, method.interpolation) {
    case ("adaptive_heun", _): [1 / 2, 0]
    case ("fehlberg2", _): [0, 1 / 2, 0]
    case ("bosh3", _): [0, 1 / 2, 0, 0]
    case ("dopri8", .bootstrapped(let rows, _)):
      rows.map { $0.reversed().reduce(0) { ($0 + $1) / 2 } }
    default: nil
    }
  }
}

import FairlineODE

extension JSON {
  /// The solver that a case names.
  func solver() throws -> any Solver {
    let name = self["method"]?.string ?? ""
    guard let order = self["options"]?["max_order"]?.int else {
      return try StandardSolvers.solver(named: name)
    }
    return name == "explicit_adams"
      ? ExplicitAdams(maxOrder: order) as any Solver : ImplicitAdams(maxOrder: order)
  }

  var times: [Double] { data("t") }

  /// The options of a case, in compatible mode.
  func solveOptions<T: Number>(_ type: T.Type) throws -> SolveOptions<[T]> {
    var options = SolveOptions<[T]>()
    options.conventions = .torchdiffeq
    options.keepsSteps = true
    options.tolerance = tolerance(type)
    if let own = self["options"] { try options.apply(own) }
    switch self["options"]?["norm"]?.string {
    case "max": options.norm = .maximum
    case "first": options.norm = .custom { Double(abs($0[0])) }
    default: break
    }
    return options
  }

  private func tolerance<T: Number>(_ type: T.Type) -> Tolerance<[T]> {
    var tolerance = Tolerance<[T]>(relative: 0, absolute: 0)
    if let r = self["rtol"] {
      if r.isNumber {
        tolerance.relative = r.number
      } else {
        tolerance.relativeByElement = r.data.map { T($0) }
      }
    }
    if let a = self["atol"] {
      if a.isNumber {
        tolerance.absolute = a.number
      } else {
        tolerance.absoluteByElement = a.data.map { T($0) }
      }
    }
    return tolerance
  }
}

extension SolveOptions {
  /// Takes over torchdiffeq's options by name, apart from norms.
  mutating func apply(_ json: JSON) throws {
    firstStep = json["first_step"]?.number
    if let value = json["min_step"]?.number { minStep = value }
    if let value = json["max_step"]?.number { maxStep = value }
    if let value = json["safety"]?.number { controller.safety = value }
    if let value = json["ifactor"]?.number { controller.largestFactor = value }
    if let value = json["dfactor"]?.number { controller.smallestFactor = value }
    if let value = json["max_num_steps"]?.int { maxSteps = value }
    if let value = json["step_t"] { stepTimes = value.numbers }
    if let value = json["jump_t"] { jumpTimes = value.numbers }
    if json["step_size"] != nil || json["grid"] != nil {
      stepping = try Stepping(step: json["step_size"]?.number, grid: json["grid"]?.numbers)
    }
    if json["interp"]?.string == "cubic" { interpolation = .cubic }
    if json["perturb"]?.bool == true { evaluatesInside = true }
  }
}

extension StandardSolvers {
  /// The names of the solvers that estimate their errors, of an order or above.
  static func names(estimatingErrorsFrom order: Int) -> [String] {
    let found = all.filter { $0.solver.errorExponent != nil && $0.solver.order >= order }
    precondition(!found.isEmpty, "no solver estimates its errors")
    return found.map(\.name)
  }
}

import FairlineODE
import Foundation

typealias Number = ODEScalar

/// A problem in one precision: its value and its vector-Jacobian product.
protocol Problem<Element> {
  associatedtype Element: Number
  /// Names of the parameters, in the order of `parameters`.
  var names: [String] { get }
  var parameters: [[Element]] { get }
  func value(_ t: Element, _ y: [Element]) -> [Element]
  /// Adds gradients; returns that of the time.
  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element
}

extension Problem {
  var names: [String] { [] }
  var parameters: [[Element]] { [] }
}

/// A problem as a field over plain arrays.
struct ProblemField<Element: Number>: DifferentiableField {
  let problem: any Problem<Element>

  init(_ problem: any Problem<Element>) { self.problem = problem }

  init(_ json: JSON) { problem = makeProblem(json) }

  var inputs: [[Element]] { problem.parameters }

  func evaluate(at time: FieldTime, _ state: [Element], into derivative: inout [Element]) {
    derivative = problem.value(Element(time.value), state)
  }

  func pullback(
    _ cotangent: [Element], at time: FieldTime, _ state: [Element], residual: Void,
    into gradient: inout FieldGradient<[Element]>
  ) {
    var parameters = gradient.wantsInputs ? gradient.inputs : problem.parameters
    gradient.inputs = []
    let dt = problem.pull(
      cotangent, Element(time.value), state, into: &gradient.state, parameters: &parameters)
    gradient.inputs = gradient.wantsInputs ? parameters : []
    if gradient.wantsTimes { gradient.times[0] += Double(dt) }
  }
}

/// A problem on each sequence of a batch, with times of their own.
struct BatchField<Element: Number>: DifferentiableField {
  let problem: any Problem<Element>

  init(_ problem: any Problem<Element>) { self.problem = problem }

  var inputs: [PackedState<Element>] { problem.parameters.map { PackedState([$0]) } }

  private func time(_ time: FieldTime, _ index: Int) -> Element {
    Element(time.values[time.values.count == 1 ? 0 : index])
  }

  func evaluate(
    at time: FieldTime, _ state: PackedState<Element>, into derivative: inout PackedState<Element>
  ) {
    derivative = PackedState(
      (0..<state.partCount).map { problem.value(self.time(time, $0), Array(state[$0])) })
  }

  func pullback(
    _ cotangent: PackedState<Element>, at time: FieldTime, _ state: PackedState<Element>,
    residual: Void, into gradient: inout FieldGradient<PackedState<Element>>
  ) {
    var parameters =
      gradient.wantsInputs ? gradient.inputs.map(\.elements) : problem.parameters
    var rows = (0..<state.partCount).map { Array(gradient.state[$0]) }
    for index in rows.indices {
      let dt = problem.pull(
        Array(cotangent[index]), self.time(time, index), Array(state[index]), into: &rows[index],
        parameters: &parameters)
      if gradient.wantsTimes {
        gradient.times[gradient.times.count == 1 ? 0 : index] += Double(dt)
      }
    }
    gradient.state = PackedState(rows)
    if gradient.wantsInputs { gradient.inputs = parameters.map { PackedState([$0]) } }
  }
}

func makeProblem<Element: Number>(_ json: JSON) -> any Problem<Element> {
  func numbers(_ key: String) -> [Element] { json.data(key).map { Element($0) } }
  func number(_ key: String) -> Element { Element(json[key]?.number ?? .nan) }
  switch json["kind"]?.string ?? "" {
  case "exp": return Exponential(a: numbers("a"))
  case "constant": return Constant(a: number("a"), b: number("b"))
  case "linear": return Linear(a: numbers("A"))
  case "sine": return Sine()
  case "timeexp": return TimeExponential(k: number("k"))
  case "spiral": return Spiral(a: numbers("A"))
  case "vanderpol": return VanDerPol(mu: number("mu"))
  case "lotka_volterra":
    return LotkaVolterra(a: number("a"), b: number("b"), c: number("c"), d: number("d"))
  case "jump": return Jump(tc: number("tc"), a: number("a"), b: number("b"))
  case "terms": return Terms(json.list("terms"))
  case "mlp": return Network(json)
  case let kind: preconditionFailure("unknown problem kind '\(kind)'")
  }
}

/// Functions of the Foundation in any precision.
func sine<T: Number>(_ x: T) -> T { T(sin(Double(x))) }
func cosine<T: Number>(_ x: T) -> T { T(cos(Double(x))) }
func exponential<T: Number>(_ x: T) -> T { T(exp(Double(x))) }
func integerPower<T: Number>(_ x: T, _ n: Int) -> T {
  n == 0 ? 1 : (1..<n).reduce(x) { product, _ in product * x }
}

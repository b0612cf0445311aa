import FairlineODE
import Foundation

/// A sum of terms: a factor, powers of the state and of time, and a cosine of time.
struct Terms<Element: Number>: Problem {
  struct Term {
    let output: Int
    let factor: Element
    let powers: [Int]
    let timePower: Int
    let wave: (frequency: Element, phase: Element)?

    init(_ json: JSON) {
      output = json["i"]?.int ?? 0
      factor = Element(json["c"]?.number ?? 1)
      powers = json["pow"] == nil ? [] : json.list("pow").map(\.int)
      timePower = json["t"]?.int ?? 0
      wave = json["cos"].map(\.numbers).map { (Element($0[0]), Element($0[1])) }
    }

    func timeFactor(_ t: Element) -> Element {
      let rest = wave.map { cosine($0.frequency * t + $0.phase) } ?? 1
      return integerPower(t, timePower) * rest
    }

    func timeSlope(_ t: Element) -> Element {
      let cosineOfTime = wave.map { cosine($0.frequency * t + $0.phase) } ?? 1
      let sineOfTime = wave.map { -$0.frequency * sine($0.frequency * t + $0.phase) } ?? 0
      let powerSlope =
        timePower == 0 ? 0 : Element(timePower) * integerPower(t, timePower - 1)
      return powerSlope * cosineOfTime + integerPower(t, timePower) * sineOfTime
    }

    func stateFactor(_ y: [Element], without index: Int? = nil) -> Element {
      var product: Element = 1
      for (j, power) in powers.enumerated() where j != index {
        product *= integerPower(y[j], power)
      }
      return product
    }
  }

  let terms: [Term]

  init(_ terms: [JSON]) { self.terms = terms.map(Term.init) }

  func value(_ t: Element, _ y: [Element]) -> [Element] {
    var result = y.zeros()
    for term in terms {
      result[term.output] += term.factor * term.stateFactor(y) * term.timeFactor(t)
    }
    return result
  }

  func pull(
    _ v: [Element], _ t: Element, _ y: [Element], into dy: inout [Element],
    parameters dp: inout [[Element]]
  ) -> Element {
    var dt: Element = 0
    for term in terms {
      let weight = v[term.output] * term.factor
      dt += weight * term.stateFactor(y) * term.timeSlope(t)
      for (j, power) in term.powers.enumerated() where power > 0 {
        let slope = Element(power) * integerPower(y[j], power - 1)
        dy[j] += weight * slope * term.stateFactor(y, without: j) * term.timeFactor(t)
      }
    }
    return dt
  }
}

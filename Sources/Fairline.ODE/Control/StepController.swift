/// Chooses the next step from the errors of the last ones.
///
/// The step is multiplied by `safety * r_n^-(i+p+d)/q * r_(n-1)^(p+2d)/q * r_(n-2)^-d/q`, where `r`
/// are errors in units of the tolerance, `q` is the order, and `p`, `i`, `d` weigh the
/// proportional, integral and derivative terms (Söderlind, "Digital filters in adaptive
/// time-stepping", ACM TOMS 29, 2003).
public struct StepController: Sendable {
  /// How much smaller than the largest tolerable step the next step should be.
  public var safety = 0.9
  /// The smallest factor from one step to the next.
  public var smallestFactor = 0.2
  /// The largest factor from one step to the next.
  public var largestFactor = 10.0
  /// The weight of the proportional term.
  public var proportional = 0.0
  /// The weight of the integral term.
  public var integral = 1.0
  /// The weight of the derivative term.
  public var derivative = 0.0

  /// Makes a controller; without arguments, the elementary one that looks at the last error only.
  public init(
    safety: Double = 0.9, smallestFactor: Double = 0.2, largestFactor: Double = 10,
    proportional: Double = 0, integral: Double = 1, derivative: Double = 0
  ) {
    self.safety = safety
    self.smallestFactor = smallestFactor
    self.largestFactor = largestFactor
    self.proportional = proportional
    self.integral = integral
    self.derivative = derivative
  }

  /// The elementary controller: the last error only.
  public static let elementary = StepController()
  /// Proportional and integral terms: smoother steps, fewer rejections where stability limits the
  /// step.
  public static let proportionalIntegral = StepController(proportional: 0.4, integral: 0.3)
  /// All three terms.
  public static let proportionalIntegralDerivative = StepController(
    proportional: 0.3, integral: 0.3, derivative: 0.05)

  var looksBack: Bool { proportional != 0 || derivative != 0 }

  /// The factor from the last step to the next.
  ///
  /// - Parameters:
  ///   - ratio: the error of the last step in units of the tolerance.
  ///   - order: the power of the step that the error is proportional to.
  ///   - memory: the errors of the accepted steps before.
  func factor(ratio: Double, order: Int, memory: ControllerMemory, wasAccepted: Bool) -> Double {
    if ratio == 0 { return largestFactor }
    let q = Double(order)
    var wanted = safety / power(ratio, (integral + proportional + derivative) / q)
    if looksBack {
      wanted *= power(memory.last, (proportional + 2 * derivative) / q)
      wanted *= power(memory.secondLast, -derivative / q)
    }
    let floor = ratio < 1 ? 1 : smallestFactor
    // Written so that NaN stays NaN.
    var factor = wanted < floor ? floor : wanted
    if factor > largestFactor { factor = largestFactor }
    if looksBack && !wasAccepted && factor > safety { factor = safety }
    return factor
  }
}

/// The errors of the last two accepted steps, in units of the tolerance.
struct ControllerMemory {
  var last = 1.0
  var secondLast = 1.0

  mutating func accept(_ ratio: Double) {
    guard ratio > 0, ratio.isFinite else {
      self = ControllerMemory()
      return
    }
    secondLast = last
    last = ratio
  }
}

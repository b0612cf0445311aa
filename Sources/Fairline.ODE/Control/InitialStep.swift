/// The first step by the sizes of state, slope and change of slope (Hairer, Nørsett & Wanner,
/// "Solving Ordinary Differential Equations I", II.4, the algorithm "starting step size").
///
/// All numbers are in the precision of the state.
struct InitialStep<Scalar: ODEScalar> {
  private let slope: Scalar
  /// The step of the probe: an Euler step that changes the state by about a hundredth.
  let probe: Scalar

  /// - Parameters:
  ///   - state: the norm of the state in units of its tolerance.
  ///   - slope: the norm of the slope in the same units.
  init(state: Double, slope: Double) {
    let (d0, d1) = (Scalar(state), Scalar(slope))
    self.slope = d1
    probe = d0 < 1e-5 || d1 < 1e-5 ? Scalar(1e-6) : abs(Scalar(0.01) * d0 / d1)
  }

  /// The first step.
  ///
  /// - Parameter change: the norm of the difference between the slope after the probe and before.
  func step(change: Double, order: Int) -> Double {
    let d2 = abs(Scalar(change) / probe)
    let h: Scalar
    if slope <= 1e-15 && d2 <= 1e-15 {
      h = max(Scalar(1e-6), probe * Scalar(1e-3))
    } else {
      let larger = d2 > slope ? d2 : slope
      h = Scalar(power(Double(Scalar(0.01) / larger), 1 / Double(order)))
    }
    return Double(min(100 * probe, abs(h)))
  }
}

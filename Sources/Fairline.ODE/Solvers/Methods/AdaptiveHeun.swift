extension RungeKutta {
  /// Heun's method with step control, order 2(1): the pair of Heun's and Euler's methods.
  ///
  /// A compatible solve begins each step with the last stage of the step before, one evaluation a step, as torchdiffeq does; any
  /// other solve evaluates the field where the step really begins.
  public static let adaptiveHeun = RungeKutta(
    name: "adaptive_heun", summary: "Heun's method with step control, order 2(1)", order: 2,
    tableau: ButcherTableau(
      nodes: [1], rows: [[1]], weights: [1 / 2, 1 / 2], errorWeights: [1 / 2, -1 / 2]),
    interpolation: .quadratic, compatibleMiddle: [1 / 2, 0])
}

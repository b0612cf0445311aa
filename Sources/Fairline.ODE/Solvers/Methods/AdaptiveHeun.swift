extension RungeKutta {
  /// Heun's method with step control, order 2(1): the pair of Heun's and Euler's methods.
  public static let adaptiveHeun = RungeKutta(
    name: "adaptive_heun", summary: "Heun's method with step control, order 2(1)", order: 2,
    tableau: ButcherTableau(
      nodes: [1], rows: [[1]], weights: [1 / 2, 1 / 2], errorWeights: [1 / 2, -1 / 2]),
    interpolation: .quadratic)
}

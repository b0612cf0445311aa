extension RungeKutta {
  /// Heun's method, the explicit trapezoidal rule, order 2 with an Euler step as error estimate
  /// (Heun, 1900).
  public static let heun2 = RungeKutta(
    name: "heun2", summary: "Heun's explicit trapezoidal rule, order 2(1)", order: 2,
    isAdaptive: false,
    tableau: ButcherTableau(
      nodes: [1], rows: [[1]], weights: [1 / 2, 1 / 2], errorWeights: [-1 / 2, 1 / 2]),
    interpolation: .quadratic)
}

extension RungeKutta {
  /// Heun's method of order 3 (Heun, 1900).
  public static let heun3 = RungeKutta(
    name: "heun3", summary: "Heun's method, order 3", order: 3,
    tableau: ButcherTableau(
      nodes: [1 / 3, 2 / 3], rows: [[1 / 3], [0, 2 / 3]], weights: [1 / 4, 0, 3 / 4]),
    interpolation: .quadratic)
}

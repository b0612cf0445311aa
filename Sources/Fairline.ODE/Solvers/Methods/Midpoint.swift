extension RungeKutta {
  /// The explicit midpoint rule, order 2 with an Euler step as error estimate (Runge, 1895).
  public static let midpoint = RungeKutta(
    name: "midpoint", summary: "explicit midpoint rule, order 2(1)", order: 2,
    isAdaptive: false,
    tableau: ButcherTableau(
      nodes: [1 / 2], rows: [[1 / 2]], weights: [0, 1], errorWeights: [-1, 1]),
    interpolation: .quadratic)
}

extension RungeKutta {
  /// The classic Runge-Kutta method, order 4 (Kutta, "Beitrag zur näherungsweisen Integration
  /// totaler Differentialgleichungen", 1901).
  public static let rk4Classic = RungeKutta(
    name: "rk4_classic", summary: "the classic Runge-Kutta method, order 4", order: 4,
    tableau: ButcherTableau(
      nodes: [1 / 2, 1 / 2, 1], rows: [[1 / 2], [0, 1 / 2], [0, 0, 1]],
      weights: [1 / 6, 1 / 3, 1 / 3, 1 / 6]),
    interpolation: .hermite)
}

extension RungeKutta {
  /// Kutta's 3/8 rule, order 4: smaller errors than the classic method at the same cost (Kutta,
  /// 1901).
  public static let rk4 = RungeKutta(
    name: "rk4", summary: "Kutta's 3/8 rule, order 4", order: 4,
    tableau: ButcherTableau(
      nodes: [1 / 3, 2 / 3, 1], rows: [[1 / 3], [-1 / 3, 1], [1, -1, 1]],
      weights: [1 / 8, 3 / 8, 3 / 8, 1 / 8]),
    interpolation: .hermite)
}

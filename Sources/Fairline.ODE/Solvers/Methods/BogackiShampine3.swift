extension RungeKutta {
  /// Bogacki and Shampine's pair of orders 3(2), three evaluations a step.
  ///
  /// Bogacki & Shampine, "A 3(2) pair of Runge-Kutta formulas", Appl. Math. Lett. 2, 1989.
  public static let bosh3 = RungeKutta(
    name: "bosh3", summary: "Bogacki-Shampine pair, order 3(2)", order: 3,
    tableau: ButcherTableau(
      nodes: [1 / 2, 3 / 4, 1], rows: [[1 / 2], [0, 3 / 4], [2 / 9, 1 / 3, 4 / 9]],
      weights: [2 / 9, 1 / 3, 4 / 9, 0],
      errorWeights: [2 / 9 - 7 / 24, 1 / 3 - 1 / 4, 4 / 9 - 1 / 3, -1 / 8]),
    interpolation: .hermite)
}

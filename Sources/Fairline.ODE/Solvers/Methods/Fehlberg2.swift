extension RungeKutta {
  /// Fehlberg's pair RK1(2), continued with its solution of order 2 (Fehlberg, NASA TR R-315, 1969,
  /// table 2).
  ///
  /// Its error estimate is small, so solves at loose tolerances may drift; prefer ``bosh3``.
  public static let fehlberg2 = RungeKutta(
    name: "fehlberg2", summary: "Fehlberg's pair, order 2(1)", order: 2,
    tableau: ButcherTableau(
      nodes: [1 / 2, 1], rows: [[1 / 2], [1 / 256, 255 / 256]],
      weights: [1 / 512, 255 / 256, 1 / 512], errorWeights: [-1 / 512, 0, 1 / 512]),
    interpolation: .quadratic)
}

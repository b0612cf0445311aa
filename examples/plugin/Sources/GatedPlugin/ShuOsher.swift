import FairlineODE

extension RungeKutta {
  /// The method of order 3 that keeps what Euler's method keeps (Shu and Osher 1988).
  public static let ssp3 = RungeKutta(
    name: "ssp3", summary: "Shu and Osher's method, order 3", order: 3,
    tableau: ButcherTableau(
      nodes: [1, 1 / 2], rows: [[1], [1 / 4, 1 / 4]], weights: [1 / 6, 1 / 6, 2 / 3]),
    interpolation: .quadratic)
}

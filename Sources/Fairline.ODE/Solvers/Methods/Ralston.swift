extension RungeKutta {
  /// Ralston's method, order 2 with the smallest bound of the local error.
  ///
  /// Ralston, "Runge-Kutta methods with minimum error bounds", Math. Comp. 16, 1962, equation
  /// (3.5). The second node is 2/3: the term of the error that depends on the node is proportional
  /// to `2/3 - c`. Many places print 3/4.
  public static let ralston = RungeKutta(
    name: "ralston", summary: "Ralston's method, order 2(1)", order: 2,
    isAdaptive: false,
    tableau: ButcherTableau(
      nodes: [2 / 3], rows: [[2 / 3]], weights: [1 / 4, 3 / 4], errorWeights: [-3 / 4, 3 / 4]),
    interpolation: .quadratic)
}

extension RungeKutta {
  /// Euler's method, order 1: one evaluation a step (Euler, "Institutiones calculi integralis",
  /// 1768).
  public static let euler = RungeKutta(
    name: "euler", summary: "Euler's method, order 1", order: 1,
    tableau: ButcherTableau(nodes: [], rows: [], weights: [1]),
    interpolation: .linear)
}

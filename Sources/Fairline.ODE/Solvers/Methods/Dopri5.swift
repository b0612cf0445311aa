extension RungeKutta {
  /// Dormand and Prince's method of order 5 with Shampine's embedded method of order 4, six
  /// evaluations a step.
  ///
  /// Stages: Dormand & Prince, "A family of embedded Runge-Kutta formulae", J. Comp. Appl. Math. 6,
  /// 1980. Error weights and the middle of the quartic dense output: Shampine, "Some practical
  /// Runge-Kutta formulas", Math. Comp. 46, 1986.
  public static let dopri5 = RungeKutta(
    name: "dopri5", summary: "Dormand-Prince-Shampine pair, order 5(4)", order: 5,
    tableau: ButcherTableau(
      nodes: [1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1],
      rows: [
        [1 / 5],
        [3 / 40, 9 / 40],
        [44 / 45, -56 / 15, 32 / 9],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
        [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
      ],
      weights: [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0],
      errorWeights: [
        35 / 384 - 1951 / 21600, 0, 500 / 1113 - 22642 / 50085, 125 / 192 - 451 / 720,
        -2187 / 6784 + 12231 / 42400, 11 / 84 - 649 / 6300, -1 / 60,
      ]),
    interpolation: .quartic(middle: dopri5Middle))

  private static let dopri5Middle: [Double] = [
    6_025_192_743 / 30_085_553_152 / 2, 0, 51_252_292_925 / 65_400_821_598 / 2,
    -2_691_868_925 / 45_128_329_728 / 2, 187_940_372_067 / 1_594_534_317_056 / 2,
    -1_776_094_331 / 19_743_644_256 / 2, 11_237_099 / 235_043_384 / 2,
  ]
}

extension RungeKutta {
  /// Tsitouras' pair of orders 5(4), six evaluations a step.
  ///
  /// Tsitouras, "Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying
  /// assumption", Comput. Math. Appl. 62, 2011. The step continues with the solution of order 5;
  /// the dense output is the paper's, of order 4 with a small error.
  public static let tsit5 = RungeKutta(
    name: "tsit5", summary: "Tsitouras' pair, order 5(4)", order: 5,
    tableau: ButcherTableau(
      nodes: [0.161, 0.327, 0.9, 0.980_025_540_904_509_7, 1, 1],
      rows: [
        [0.161],
        [-0.008_480_655_492_356_989, 0.335_480_655_492_357],
        [2.897_153_057_105_493_5, -6.359_448_489_975_075, 4.362_295_432_869_581_5],
        [
          5.325_864_828_439_257, -11.748_883_564_062_828, 7.495_539_342_889_836_5,
          -0.092_495_066_361_755_25,
        ],
        [
          5.861_455_442_946_42, -12.920_969_317_847_11, 8.159_367_898_576_159,
          -0.071_584_973_281_401, -0.028_269_050_394_068_383,
        ],
        [
          0.096_460_766_818_065_23, 0.01, 0.479_889_650_414_499_6, 1.379_008_574_103_742,
          -3.290_069_515_436_081, 2.324_710_524_099_774,
        ],
      ],
      weights: [
        0.096_460_766_818_065_23, 0.01, 0.479_889_650_414_499_6, 1.379_008_574_103_742,
        -3.290_069_515_436_081, 2.324_710_524_099_774, 0,
      ],
      errorWeights: [
        0.001_780_011_052_225_777, 0.000_816_434_459_656_746_9, -0.007_880_878_010_261_995,
        0.144_711_007_173_262_9, -0.582_357_165_452_555_2, 0.458_082_105_929_186_97, -1 / 66,
      ]),
    interpolation: .native(tsit5Dense))

  /// The paper gives these polynomials by their roots.
  private static let tsit5Dense: [[Double]] = [
    dense(-1.053_088_497_729_021_6, [0, 1.329_989_018_975_141_2])
      .times(square: -1.436_402_854_171_635_1, 0.713_981_691_707_420_9),
    dense(0.1017, [0, 0]).times(square: -2.196_656_833_824_975_4, 1.294_985_250_737_463_1),
    dense(2.490_627_285_651_252_793, [0, 0])
      .times(square: -2.385_356_454_720_616_57, 1.578_034_682_080_924_86),
    dense(
      -16.548_102_889_244_902_72, [0, 0, 1.217_129_272_955_332_44, 0.616_204_060_378_000_89]),
    dense(
      47.379_521_962_819_281_22, [0, 0, 1.203_071_208_372_362_603, 0.658_047_292_653_547_382]),
    dense(-34.870_657_861_496_609_74, [0, 0, 1.2, 2 / 3]),
    dense(2.5, [0, 0, 1, 0.6]),
  ].map { Array($0.coefficients.dropFirst()) }

  private static func dense(_ factor: Double, _ roots: [Double]) -> Polynomial {
    Polynomial(roots: roots) * factor
  }
}

extension Polynomial {
  /// The product with `x^2 + b x + c`.
  fileprivate func times(square b: Double, _ c: Double) -> Polynomial {
    Polynomial([0, 0] + coefficients) + Polynomial([0] + coefficients) * b + self * c
  }
}

extension SlopeSum {
  /// The sum of the first slopes with these weights, added in the order of PyTorch's `sum` of up to
  /// 15 numbers on x86-64.
  ///
  /// Error estimates that are hardly more than rounding, as those of dopri8 in float32, depend on
  /// the order.
  ///
  /// - Parameter lanes: numbers in a vector: 8 of float32, 4 of float64.
  static func inOrderOfReference(_ weights: [Double], lanes: Int) -> SlopeSum {
    let count = weights.count
    let vectors = count / lanes
    var picks: [Int]
    var runs = [Int](repeating: 1, count: count)
    if vectors > 0 {
      // What fills no vector comes first, then each lane with its sum over the vectors.
      picks = Array(vectors * lanes..<count)
      runs = picks.map { _ in 1 } + [Int](repeating: vectors, count: lanes)
      for lane in 0..<lanes { picks += (0..<vectors).map { $0 * lanes + lane } }
    } else if count >= 4 {
      // Four sums take turns; the first of them gets what is left.
      picks = [0] + Array(4..<count) + [1, 2, 3]
    } else {
      picks = Array(0..<count)
    }
    return SlopeSum(picks: picks, weights: picks.map { weights[$0] }, runs: runs)
  }
}

import FairlineTensor

/// How the trace of the field's Jacobian is found (Grathwohl and others, "FFJORD", 2019).
enum Trace: String, CaseIterable {
  /// By one derivative along each coordinate.
  case exact
  /// Without bias, by one derivative along a normally distributed direction (Hutchinson 1989).
  case hutchinson
  /// The same with signs as coordinates, which vary less.
  case rademacher

  /// The directions of the derivatives: drawn once for a solve, so that the field is a function
  /// during it.
  ///
  /// - Returns: `[direction * point, 2]`, all points of the first direction first.
  func directions(_ count: Int, _ random: inout RandomSource) -> Tensor {
    switch self {
    case .exact:
      let unit = [Float](repeating: 1, count: count)
      return Tensor(unit.flatMap { [$0, 0] } + unit.flatMap { [0, $0] }, shape: [2 * count, 2])
    case .hutchinson:
      return Tensor.normal([count, 2], key: random.key, stream: random.stream())
    case .rademacher:
      return Tensor(
        (0..<2 * count).map { _ in random.uniform() < 0.5 ? -1 : 1 }, shape: [count, 2])
    }
  }
}

import FairlineTensor
import Foundation

/// Densities of the plane that are easy to draw from.
enum Density: String, CaseIterable {
  case moons, pinwheel, gaussians

  /// Draws points.
  ///
  /// - Returns: `[point, 2]`
  func draw(_ count: Int, _ random: inout RandomSource) -> Tensor {
    Tensor(
      (0..<count).flatMap { _ -> [Float] in
        let (x, y) = point(&random)
        return [Float(x), Float(y)]
      }, shape: [count, 2])
  }

  private func point(_ random: inout RandomSource) -> (Double, Double) {
    let (a, b) = random.normals()
    switch self {
    case .moons:
      // Two half circles that reach into each other, with noise.
      let angle = Double.pi * random.uniform()
      let isUpper = random.uniform() < 0.5
      let x = isUpper ? cos(angle) : 1 - cos(angle)
      let y = isUpper ? sin(angle) : 0.5 - sin(angle)
      return (2 * (x - 0.5) + 0.16 * a, 2 * (y - 0.25) + 0.16 * b)
    case .pinwheel:
      // Five ellipses, bent more the farther out (Johnson and others 2016).
      let radius = 1 + 0.3 * a
      let angle = 2 * Double.pi * (random.uniform() * 5).rounded(.down) / 5 + 0.25 * exp(radius)
      let (x, y) = (2 * radius, 0.2 * b)
      return (cos(angle) * x - sin(angle) * y, sin(angle) * x + cos(angle) * y)
    case .gaussians:
      let center = Self.centers[Int(random.uniform() * 8)]
      return (center.x + Self.deviation * a, center.y + Self.deviation * b)
    }
  }

  private static let deviation = 0.36
  private static let centers: [(x: Double, y: Double)] = (0..<8).map { index in
    let angle = Double(index) * Double.pi / 4
    return (x: 2.8 * cos(angle), y: 2.8 * sin(angle))
  }

  /// The logarithm of the true density where there is a formula.
  func logDensity(_ x: Double, _ y: Double) -> Double? {
    guard self == .gaussians else { return nil }
    let square = Self.deviation * Self.deviation
    var sum = 0.0
    for center in Self.centers {
      let (dx, dy) = (x - center.x, y - center.y)
      sum += exp(-(dx * dx + dy * dy) / (2 * square))
    }
    return log(sum / (16 * Double.pi * square))
  }
}

extension RandomSource {
  /// Two normally distributed numbers (Box and Muller 1958).
  mutating func normals() -> (Double, Double) {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    return (radius * cos(angle), radius * sin(angle))
  }
}

/// The normal distribution with the mean and the covariance of some points: what a flow must beat.
struct NormalFit {
  private let mean: (Double, Double)
  private let covariance: (xx: Double, xy: Double, yy: Double)

  init(_ points: Tensor) {
    let numbers = points.scalars.map { Double($0) }
    func mean(_ value: (Double, Double) -> Double) -> Double {
      var sum = 0.0
      for place in stride(from: 0, to: numbers.count, by: 2) {
        sum += value(numbers[place], numbers[place + 1])
      }
      return sum / Double(numbers.count / 2)
    }
    let (mx, my) = (mean { x, _ in x }, mean { _, y in y })
    self.mean = (mx, my)
    covariance = (
      mean { x, _ in (x - mx) * (x - mx) }, mean { x, y in (x - mx) * (y - my) },
      mean { _, y in (y - my) * (y - my) }
    )
  }

  /// The mean of the negative logarithm of the density, in nats.
  func nats(_ points: Tensor) -> Double {
    let numbers = points.scalars.map { Double($0) }
    let (a, b, c) = covariance
    let determinant = a * c - b * b
    let constant = log(2 * .pi) + log(determinant) / 2
    var sum = 0.0
    for place in stride(from: 0, to: numbers.count, by: 2) {
      let (x, y) = (numbers[place] - mean.0, numbers[place + 1] - mean.1)
      sum += (c * x * x - 2 * b * x * y + a * y * y) / (2 * determinant)
    }
    return constant + sum / Double(numbers.count / 2)
  }
}

import FairlineTensor
import Foundation

/// Points of a disc, class 0, and of a ring around it, class 1 (Dupont, Doucet & Teh, "Augmented
/// neural ODEs", 2019, section 3).
struct Spheres {
  static let inner = 0.5
  static let ring = 0.75...1.5

  let points: [(x: Double, y: Double)]
  let classes: [Int32]

  /// Draws points evenly over the area of each class.
  init(_ count: Int, _ random: inout RandomSource) {
    var points: [(x: Double, y: Double)] = []
    var classes: [Int32] = []
    for index in 0..<count {
      let isRing = index % 2 == 1
      let (low, high) = isRing ? (Self.ring.lowerBound, Self.ring.upperBound) : (0, Self.inner)
      let radius = (low * low + random.uniform() * (high * high - low * low)).squareRoot()
      let angle = 2 * Double.pi * random.uniform()
      points.append((radius * cos(angle), radius * sin(angle)))
      classes.append(isRing ? 1 : 0)
    }
    self.points = points
    self.classes = classes
  }

  /// Points of given places, with extra coordinates of zero.
  ///
  /// - Returns: `[point, channel]`
  static func tensor(_ points: some Collection<(x: Double, y: Double)>, channels: Int) -> Tensor {
    let extra = [Float](repeating: 0, count: channels - 2)
    return Tensor(
      points.flatMap { [Float($0.x), Float($0.y)] + extra }, shape: [points.count, channels])
  }
}

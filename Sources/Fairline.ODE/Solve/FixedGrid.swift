/// The ends of fixed steps.
struct FixedGrid {
  var points: [Double]
  /// What each point depends on.
  var sources: [TimeSource]

  /// - Parameter times: output times, ascending.
  static func make(_ stepping: Stepping, times: [Double], direction: Double) throws -> FixedGrid {
    let (start, end) = (times[0], times[times.count - 1])
    switch stepping {
    case .step(let length):
      return equal(length: length, from: start, to: end, last: times.count - 1)
    case .count(let count):
      guard end.isFinite else { throw ODEError.endNotFinite }
      let points = (0...count).map { start + (end - start) * Double($0) / Double(count) }
      return FixedGrid(
        points: Array(points.dropLast()) + [end],
        sources: [.output(0)] + (1..<count).map { .between(Double($0) / Double(count)) }
          + [.output(times.count - 1)])
    case .grid(let user):
      let points = user.map { $0 * direction }
      guard points.first == start, points.last == end,
        zip(points, points.dropFirst()).allSatisfy({ $0 < $1 })
      else { throw ODEError.gridMismatch }
      return FixedGrid(
        points: points,
        sources: points.map { point in
          point == start ? .output(0) : point == end ? .output(times.count - 1) : .constant
        })
    default:
      return FixedGrid(points: times, sources: times.indices.map { .output($0) })
    }
  }

  private static func equal(length: Double, from start: Double, to end: Double, last: Int)
    -> FixedGrid
  {
    guard end.isFinite else {
      // An event ends the solve; the loop continues with this length.
      return FixedGrid(points: [start, start + length], sources: [.output(0), .moving])
    }
    let count = Int(((end - start) / length + 1).rounded(.up))
    var points = (0..<max(count, 1)).map { Double($0) * length + start }
    points[points.count - 1] = end
    var sources: [TimeSource] = Array(repeating: .moving, count: points.count)
    sources[0] = .output(0)
    if points.count > 1 { sources[points.count - 1] = .output(last) }
    return FixedGrid(points: points, sources: sources)
  }
}

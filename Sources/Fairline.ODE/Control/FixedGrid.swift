/// The ends of fixed steps, computed one at a time: a fine grid takes no memory.
struct FixedGrid {
  /// Where one step ends.
  typealias Point = (time: Double, source: TimeSource)

  private enum Kind {
    /// Given times.
    case times([Double], [TimeSource])
    /// Steps of a length; the last may be shorter.
    case length(Double, count: Double)
    /// A number of equal steps.
    case shares(Int)
    /// Steps of a length without an end.
    case endless(Double)
  }

  private let kind: Kind
  private let start: Double
  private let end: Double
  private let last: Int

  /// Makes the grid of a choice of steps.
  ///
  /// - Parameter times: output times, ascending.
  init(
    _ stepping: Stepping, times: [Double], direction: Double, rules: any SolveRules
  ) throws {
    (start, last) = (times[0], times.count - 1)
    end = times[last]
    switch stepping {
    case .step(let length) where !end.isFinite:
      guard length.isFinite else { throw ODEError.endlessSteps }
      kind = .endless(length)
    case _ where !end.isFinite:
      throw ODEError.endlessSteps
    case .step(let length):
      kind = .length(length, count: rules.stepCount(over: end - start, length: length))
    case .count(let count):
      kind = .shares(count)
    case .grid(let user):
      let points = user.map { $0 * direction }
      guard points.first == start, points.last == end,
        zip(points, points.dropFirst()).allSatisfy({ $0 < $1 })
      else { throw ODEError.gridMismatch }
      let (start, end, last) = (start, end, last)
      kind = .times(
        points,
        points.map { $0 == start ? .output(0) : $0 == end ? .output(last) : .constant })
    default:
      kind = .times(times, times.indices.map { .output($0) })
    }
  }

  /// The end of step `index`, counted from 1; nil behind the last.
  ///
  /// - Parameter time: where the step begins.
  func end(ofStep index: Int, from time: Double) -> Point? {
    let place = Double(index)
    switch kind {
    case .times(let points, let sources):
      return index < points.count ? (points[index], sources[index]) : nil
    case .length(let length, let count):
      if last == 0 || place > count { return nil }
      return place < count ? (min(place * length + start, end), .moving) : (end, .output(last))
    case .shares(let count):
      if last == 0 || index > count { return nil }
      if index == count { return (end, .output(last)) }
      let share = place / Double(count)
      return (start + (end - start) * place / Double(count), .between(share))
    case .endless(let length):
      return (index == 1 ? start + length : time + ((start + length) - start), .moving)
    }
  }

  /// Whether going through the interval takes longer than anybody waits.
  var isEndlesslyFine: Bool {
    switch kind {
    case .length(_, let count): count > 1e9
    case .shares(let count): count > 1_000_000_000
    case .times, .endless: false
    }
  }

  /// Whether step `index` ends the interval.
  func isLast(_ index: Int) -> Bool {
    switch kind {
    case .times(let points, _): index == points.count - 1
    case .length(_, let count): Double(index) >= count
    case .shares(let count): index == count
    case .endless: false
    }
  }
}

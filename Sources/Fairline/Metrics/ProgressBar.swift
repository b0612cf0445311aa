import Foundation

/// The text of a progress bar: part done, count, time, time left, speed, and a report's values.
public struct ProgressBar: Equatable, Sendable {
  /// What stands before the bar.
  public var heading: String
  /// Steps done.
  public var done: Int
  /// All steps, when known.
  public var total: Int?
  /// Seconds since the bar began.
  public var seconds: Double
  /// Steps that were done before the bar began, which do not count for the speed.
  public var skipped = 0
  /// Values to show behind the bar.
  public var values = ""

  /// A bar.
  public init(heading: String, done: Int, total: Int?, seconds: Double, skipped: Int = 0) {
    self.heading = heading
    self.done = done
    self.total = total
    self.seconds = seconds
    self.skipped = skipped
  }

  /// The bar as one line of at most `width` columns.
  ///
  /// Where there is little room, values go first, then the bar itself, the count and the heading;
  /// the percentage, the time left and the speed stay longest.
  public func text(width: Int) -> String {
    let head = heading.isEmpty ? "" : heading + ": "
    let tail = " [\(times), \(Self.rate(speed))]"
    guard let total, total > 0 else {
      return Self.fitting([head + "\(done)" + tail, "\(done)" + tail], width)
        + fittingValues(
          width - head.count - "\(done)".count - tail.count)
    }
    let part = min(1, Double(done) / Double(total))
    let digits = String(Int(part * 100))
    let percent = String(repeating: " ", count: 3 - digits.count) + digits + "%"
    let count = " \(done)/\(total)"
    let room = width - (head + percent + "||" + count + tail).count
    if room >= Self.narrowest {
      let bar = Self.blocks(part, width: min(Self.widest, room))
      return head + percent + "|" + bar + "|" + count + tail + fittingValues(room - Self.widest)
    }
    return Self.fitting(
      [head + percent + count + tail, head + percent + tail, percent + tail], width)
  }

  /// Columns of the bar itself.
  private static let widest = 16
  /// A narrower bar is left out.
  private static let narrowest = 4

  private var speed: Double { seconds > 0 ? Double(done - skipped) / seconds : 0 }

  /// The time taken, and the time left when the speed is known.
  private var times: String {
    guard let total, total > 0, speed > 0 else { return Self.clock(seconds) }
    return Self.clock(seconds) + "<" + Self.clock(Double(max(0, total - done)) / speed)
  }

  /// As many whole values as fit into a number of columns.
  private func fittingValues(_ room: Int) -> String {
    var text = ""
    for value in values.components(separatedBy: ", ") where !value.isEmpty {
      let longer = text + (text.isEmpty ? " " : ", ") + value
      if longer.count > room { break }
      text = longer
    }
    return text
  }

  /// The first text that fits, or what fits of the last one.
  private static func fitting(_ texts: [String], _ width: Int) -> String {
    texts.first { $0.count <= width } ?? String((texts.last ?? "").prefix(max(0, width)))
  }

  /// A bar of block characters; the last one in eighths.
  static func blocks(_ part: Double, width: Int) -> String {
    let eighths = Int(part * Double(width) * 8)
    let full = eighths / 8
    let rest = eighths % 8
    var text = String(repeating: "█", count: full)
    if rest > 0, let scalar = Unicode.Scalar(0x2590 - UInt32(rest)) {
      text.unicodeScalars.append(scalar)
    }
    return text + String(repeating: " ", count: width - text.count)
  }

  /// Seconds as `m:ss` or `h:mm:ss`.
  static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "?" }
    let whole = Int(seconds)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes) = (whole / 3600, whole / 60 % 60)
    return hours > 0
      ? "\(hours):\(two(minutes)):\(two(whole % 60))"
      : "\(two(minutes)):\(two(whole % 60))"
  }

  private static func rate(_ speed: Double) -> String {
    if speed <= 0 { return "?/s" }
    return speed >= 1
      ? NumberText.fixed(speed, speed < 100 ? 1 : 0) + "/s"
      : NumberText.fixed(1 / speed, 1) + "s/it"
  }
}

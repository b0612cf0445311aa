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
  public func text(width: Int) -> String {
    let speed = seconds > 0 ? Double(done - skipped) / seconds : 0
    var line = heading.isEmpty ? "" : heading + ": "
    var time = Self.clock(seconds)
    if let total, total > 0 {
      let part = min(1, Double(done) / Double(total))
      let percent = String(Int(part * 100))
      line += String(repeating: " ", count: 3 - percent.count) + percent + "%"
      line += "|" + Self.blocks(part, width: 16) + "| \(done)/\(total)"
      if speed > 0 { time += "<" + Self.clock(Double(max(0, total - done)) / speed) }
    } else {
      line += "\(done)"
    }
    line += " [\(time), \(Self.rate(speed))]"
    if !values.isEmpty { line += " " + values }
    return line.count > width ? String(line.prefix(max(0, width - 1))) + "…" : line
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

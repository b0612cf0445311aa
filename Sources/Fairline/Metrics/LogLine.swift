import Foundation

/// A line of the log: `2024-05-06 07:08:09 | INFO | train | message`.
public enum LogLine {
  /// A message with the present time, level and name.
  public static func text(_ message: String, level: String = "info", name: String) -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    let stamp = String(
      format: "%04d-%02d-%02d %02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
      parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec)
    return "\(stamp) | \(level.uppercased()) | \(name) | \(message)"
  }
}

import Foundation
public import Logging

#if canImport(Glibc)
import Glibc
#endif

/// Writes swift-log messages as `2024-05-06 07:08:09 | INFO | train | message`.
public struct LineLogHandler: LogHandler {
  /// The least level that is written.
  public var logLevel: Logger.Level
  /// Values that stand behind every message.
  public var metadata: Logger.Metadata = [:]
  private let label: String
  private let sink: LogSink

  /// A handler for one label.
  public init(label: String, sink: LogSink, level: Logger.Level = .info) {
    self.label = label
    self.sink = sink
    logLevel = level
  }

  /// A value that stands behind every message.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Writes a message.
  public func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let values = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    sink.write(Self.line("\(event.message)\(values)", level: "\(event.level)", name: label))
  }

  /// A message with time, level and name.
  public static func line(_ message: String, level: String, name: String) -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    let stamp = String(
      format: "%04d-%02d-%02d %02d:%02d:%02d", parts.tm_year + 1900, parts.tm_mon + 1,
      parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec)
    return "\(stamp) | \(level.uppercased()) | \(name) | \(message)"
  }
}

import Foundation

/// What the operating system knows of this process.
enum OwnProcess {
  /// The most memory that was resident, in bytes.
  static var peakBytes: Int {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    else { return 0 }
    return 1024 * (Int(kilobytes) ?? 0)
  }

  /// The seconds since the operating system started this process.
  static var secondsSinceLaunch: Double {
    guard let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      let uptime = try? String(contentsOfFile: "/proc/uptime", encoding: .utf8),
      let end = stat.lastIndex(of: ")"), let now = uptime.split(separator: " ").first
    else { return .nan }
    // After the name in parentheses, the start is the twentieth field.
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    guard fields.count > 19, let ticks = Double(fields[19]), let seconds = Double(now) else {
      return .nan
    }
    return seconds - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}

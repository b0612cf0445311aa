import Foundation

/// The machine that is measured on.
enum Machine {
  /// The instruction sets of the processor, as Linux names them.
  static var flags: Set<String> {
    Set((value("flags") ?? "").split(separator: " ").map(String.init))
  }

  private static func value(_ key: String) -> String? {
    text("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix(key) }?
      .split(separator: ":", maxSplits: 1).last.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  /// The processor, its cores and the memory, in words.
  static var description: String {
    let lines = text("/proc/cpuinfo").split(separator: "\n")
    let cores = max(1, lines.filter { $0.hasPrefix("processor") }.count)
    let flags = flags
    let named = [
      ("avx2", "AVX2"), ("avx512f", "AVX-512"), ("avx512_vnni", "VNNI"), ("avx512_bf16", "BF16"),
      ("avx512_fp16", "FP16"), ("amx_tile", "AMX"),
    ]
    let extensions = named.filter { flags.contains($0.0) }.map(\.1).joined(separator: ", ")
    let model = [value("cpu family"), value("model\t")].compactMap(\.self)
    let family = model.count == 2 ? " (family \(model[0]), model \(model[1]))" : ""
    let memory = text("/proc/meminfo").split(separator: " ").first { Double($0) != nil }
    let gigabytes = (memory.flatMap { Double($0) } ?? 0) / 1_048_576
    let name = value("model name") ?? "unknown processor"
    return "\(name)\(family), \(cores) \(cores == 1 ? "core" : "cores")"
      + (extensions.isEmpty ? "" : ", \(extensions)")
      + String(format: ", %.0f GB of memory", gigabytes)
  }

  /// Waits until other programs leave the machine alone.
  ///
  /// - Returns: the share of all cores that was busy in the last moment.
  static func waitUntilIdle(isImpatient: Bool) -> Double {
    var waited = 0.0
    while true {
      let share = busyShare(seconds: 0.3)
      if share < 0.04 || isImpatient { return share }
      if waited.truncatingRemainder(dividingBy: 10) == 0 {
        note(
          String(format: "  other programs use %.0f %% of the machine: waiting", 100 * share))
      }
      Thread.sleep(forTimeInterval: 1.5)
      waited += 2
    }
  }

  /// The share of all cores' time in which something ran, or the host gave the time to another
  /// machine.
  static func busyShare(seconds: Double) -> Double {
    let before = times()
    Thread.sleep(forTimeInterval: seconds)
    let passed = zip(times(), before).map { $0 - $1 }
    guard passed.count > 4 else { return 0 }
    let all = passed.prefix(8).reduce(0, +)
    // Idle and waiting for disks are the fourth and fifth.
    return all > 0 ? 1 - (passed[3] + passed[4]) / all : 0
  }

  private static func times() -> [Double] {
    text("/proc/stat").split(separator: "\n").first.map {
      $0.split(separator: " ").dropFirst().compactMap { Double($0) }
    } ?? []
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}

import Foundation

/// How much more memory this process can have: what the machine has free, within the limits that
/// are set for the process and its control groups.
package struct FreeMemory {
  private let processes: String
  private let groups: String

  /// Asks the system.
  ///
  /// - Parameters:
  ///   - processes: the folder of what the kernel says of memory and processes.
  ///   - groups: the folder of control groups.
  package init(processes: String = "/proc", groups: String = "/sys/fs/cgroup") {
    (self.processes, self.groups) = (processes, groups)
  }

  /// Bytes that can still be taken; nil where the system does not tell.
  package var bytes: Int? { [machine, controlGroups, addresses].compactMap(\.self).min() }

  /// What can be taken without pressing anything out of memory, and free swap space.
  private var machine: Int? {
    let table = numbers(in: processes + "/meminfo")
    guard let available = table["MemAvailable:"] else { return nil }
    return (available + (table["SwapFree:"] ?? 0)) * 1024
  }

  /// What is left of the address space (`ulimit -v`).
  private var addresses: Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0 else { return nil }
    guard let most = Int(exactly: limit.rlim_cur) else { return nil }
    let pages = text(processes + "/self/statm")?.split(separator: " ").first.flatMap { Int($0) }
    return max(0, most - (pages ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))))
  }

  /// The least of what the process' control groups, and those above them, leave.
  private var controlGroups: Int? {
    let lines = text(processes + "/self/cgroup")?.split(separator: "\n") ?? []
    var rests: [Int] = []
    for line in lines {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      if parts[1].isEmpty {
        rests += left(in: groups, String(parts[2]), "memory.max", "memory.current", "")
      } else if parts[1].split(separator: ",").contains("memory") {
        rests += left(
          in: groups + "/memory", String(parts[2]), "memory.limit_in_bytes",
          "memory.usage_in_bytes", "total_")
      }
    }
    return rests.min()
  }

  /// What a group and those above it leave; files that the kernel can drop count as free.
  private func left(
    in root: String, _ path: String, _ limit: String, _ usage: String, _ prefix: String
  ) -> [Int] {
    var (path, rests) = (path, [Int]())
    while true {
      let folder = root + (path == "/" ? "" : path)
      if let most = number(folder + "/" + limit), let used = number(folder + "/" + usage) {
        let table = numbers(in: folder + "/memory.stat")
        let files =
          (table[prefix + "inactive_file"] ?? 0) + (table[prefix + "active_file"] ?? 0)
        rests.append(max(0, most - max(0, used - files)))
      }
      if path.isEmpty || path == "/" { return rests }
      path = Paths.folder(path)
    }
  }

  private func text(_ path: String) -> String? {
    (try? readBytes(of: path)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The number that a file holds; nil where it says `max`, or is not there.
  private func number(_ path: String) -> Int? {
    text(path).flatMap { Int($0.filter { !$0.isWhitespace }) }
  }

  /// The numbers of a file with a name and a number on each line.
  private func numbers(in path: String) -> [String: Int] {
    var result: [String: Int] = [:]
    for line in text(path)?.split(separator: "\n") ?? [] {
      let words = line.split(separator: " ")
      if words.count > 1, let number = Int(words[1]) { result[String(words[0])] = number }
    }
    return result
  }
}

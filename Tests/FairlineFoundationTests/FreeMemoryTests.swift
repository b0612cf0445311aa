import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

@Suite struct FreeMemoryTests {
  /// A machine of files: 8,000 kB are available, 1,000 kB of swap space are free.
  private func free(_ files: [String: String]) throws -> Int? {
    try withTemporaryFolder { folder in
      var all = ["proc/meminfo": "MemTotal: 9000 kB\nMemAvailable: 8000 kB\nSwapFree: 1000 kB\n"]
      all.merge(files) { $1 }
      for (path, text) in all {
        let file = folder.appendingPathComponent(path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      return FreeMemory(
        processes: folder.appendingPathComponent("proc").path,
        groups: folder.appendingPathComponent("groups").path
      ).bytes
    }
  }

  @Test func withoutLimitsItIsTheMachines() throws {
    #expect(try free([:]) == 9000 * 1024)
    let unlimited = [
      "proc/self/cgroup": "0::/a\n", "groups/a/memory.max": "max\n",
      "groups/a/memory.current": "5000\n",
    ]
    #expect(try free(unlimited) == 9000 * 1024)
  }

  @Test func aGroupAboveMayLeaveLess() throws {
    let files = [
      "proc/self/cgroup": "0::/a/b\n",
      "groups/a/b/memory.max": "max\n", "groups/a/b/memory.current": "700000\n",
      "groups/a/memory.max": "1000000\n", "groups/a/memory.current": "900000\n",
      "groups/a/memory.stat": "anon 200000\ninactive_file 50000\nactive_file 150000\n",
    ]
    #expect(try free(files) == 300_000)
  }

  @Test func theFirstVersionOfGroupsIsRead() throws {
    let files = [
      "proc/self/cgroup": "5:cpu:/x\n4:memory:/c/d\n0::/\n",
      "groups/memory/c/d/memory.limit_in_bytes": "500000\n",
      "groups/memory/c/d/memory.usage_in_bytes": "450000\n",
      "groups/memory/c/d/memory.stat": "total_inactive_file 10000\n",
    ]
    #expect(try free(files) == 60_000)
  }

  @Test func thisMachineTells() throws {
    #expect(try #require(FreeMemory().bytes) > 1_000_000)
  }
}

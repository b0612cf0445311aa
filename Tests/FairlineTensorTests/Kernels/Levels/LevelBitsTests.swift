import CFairlineKernels
import Testing

/// Kernels give the same bits at every level with fused multiply-adds, x86-64-v3 and v4.
///
/// The hashes are recorded, so that a machine with one of the levels checks it against the other.
/// What they depend on beside the kernels: the C library's `logf`, `sinf` and `cosf`.
@Suite(.serialized) struct LevelBitsTests {
  @Test(
    .enabled(if: fl_cpu_best_level() >= 1, "this CPU lacks x86-64-v3"),
    arguments: KernelBits.all.map(\.name))
  func v3GivesTheRecordedBits(_ kernel: String) { check(kernel, level: 1) }

  @Test(
    .enabled(if: fl_cpu_best_level() >= 2, "this CPU lacks x86-64-v4"),
    arguments: KernelBits.all.map(\.name))
  func v4GivesTheRecordedBits(_ kernel: String) { check(kernel, level: 2) }

  private func check(_ kernel: String, level: Int32) {
    let before = fl_cpu_level()
    defer { fl_cpu_use_level(before) }
    #expect(fl_cpu_use_level(level) == level)
    let found = String(KernelBits.hash(of: kernel), radix: 16)
    #expect(found == Self.recorded[kernel], "\(kernel) gives \(found) at level \(level)")
  }

  @Test func everyKernelOfTheTableIsChecked() {
    let names = sequence(state: Int64(0)) { index -> String? in
      defer { index += 1 }
      return fl_kernel_name(index).map { String(cString: $0) }
    }.map { $0 }
    #expect(names.count > 50)
    #expect(Set(names).subtracting(Self.recorded.keys).isEmpty)
    #expect(Set(KernelBits.all.map(\.name)) == Set(Self.recorded.keys))
  }
}

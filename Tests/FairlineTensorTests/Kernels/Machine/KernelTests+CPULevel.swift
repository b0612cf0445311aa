import CFairlineKernels
import COpenBLAS
import Testing

extension KernelTests {
  @Test(.enabled(if: fl_cpu_best_level() >= 1, "this CPU lacks x86-64-v3: not tested"))
  func x86_64_v3IsTested() { #expect(Self.levels.contains(1)) }

  @Test(.enabled(if: fl_cpu_best_level() >= 2, "this CPU lacks x86-64-v4: not tested"))
  func x86_64_v4IsTested() { #expect(Self.levels.contains(2)) }

  @Test func levelsAreBoundedByTheMachine() {
    let (level, best) = (fl_cpu_level(), fl_cpu_best_level())
    defer { fl_cpu_use_level(level) }
    #expect(fl_cpu_use_level(99) == best)
    #expect(fl_cpu_use_level(-1) == 0 && fl_cpu_level() == 0)
    #expect(
      (0...2).map { String(cString: fl_cpu_level_name($0)) } == [
        "baseline", "x86-64-v3", "x86-64-v4",
      ])
  }

  @Test func blasRunsKernelsOfThisCPU() {
    let name = String(cString: fl_blas_prepare())
    if fl_cpu_best_level() > 0 { #expect(!["Prescott", "Nehalem", "Core2"].contains(name)) }
    var c: [Float] = [0]
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, 1, 1, 2, 1, [2, 3], 2, [5, 7], 1, 0, &c, 1)
    #expect(c == [31])
    #expect(openblas_get_num_threads() == 1)
  }
}

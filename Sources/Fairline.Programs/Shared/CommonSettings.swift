import Fairline
import FairlineData
import FairlineGeneration
import FairlineInterop
import FairlineScoring
import FairlineTasks
import FairlineTensor

/// What all programs that compute have in common.
struct CommonSettings: Configuration, Equatable {
  /// Threads that compute; 0 for one on each core.
  var threads = 0
  /// What all randomness is drawn from.
  var seed = 1
  /// Whether the catalogue is printed instead of working.
  var list = false
  /// fairseq's folder of user code; refused with a remedy.
  var userDir: String?

  /// The defaults.
  init() {}

  /// The flags.
  static var options: [Option<Self>] {
    [
      Option(
        "threads", \.threads, in: .from(0, to: 1024), "number of threads; 0 for one per core"
      ),
      Option(
        "seed", \.seed, in: .from(0, to: 1_000_000_000_000_000_000),
        "seed of all random numbers"),
      Option("list", \.list, "print all tasks, architectures, criteria and so on, and exit"),
      Option("user-dir", \.userDir, "not here: see the error", isHidden: true),
    ]
  }

  /// Puts the settings into effect.
  func apply() throws {
    if userDir != nil {
      throw OptionError.invalid(
        "--user-dir loads no code here: a plug-in is a package with a program "
          + "of its own, see examples/plugin"
      )
    }
    try checkRanges()
    Parallel.setThreadCount(threads)
    Engine.prepare()
  }

  /// What `--version` prints.
  static func version(_ program: String) -> String {
    "\(program) \(Program.fairlineVersion) (\(Engine.instructionSet), "
      + "BLAS kernel \(Engine.blasKernel), \(Parallel.threadCount) threads)"
  }
}

extension Catalog {
  /// What Fairline brings, with what plug-ins add.
  static func standard(with plugins: [any Plugin.Type]) throws -> Catalog {
    try Catalog(
      [
        StandardTraining.self, StandardTasks.self, StandardSearch.self, StandardMetrics.self,
        StandardTokenizers.self, StandardImporters.self,
      ] + plugins)
  }
}

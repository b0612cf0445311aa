import Fairline
import FairlineDistributed
import Foundation

extension Program {
  /// Runs the body of a program that runs as one process, and gives its exit code.
  ///
  /// Several ranks would write the same files: they are refused, by the first of them.
  static func runAlone(_ program: String, _ body: () throws -> Void) -> Int32 {
    let launch = RankLaunch(ProcessInfo.processInfo.environment)
    if let launch, launch.rank > 0 {
      sleep(RankSession.grace)
      return 2
    }
    return run(program) {
      if let launch {
        throw OptionError.invalid(
          "\(program) runs as one process, and this is one of \(launch.count) ranks "
            + "(\(launch.source)): start it without mpirun; fairline-train and fairline-generate "
            + "run on ranks")
      }
      try body()
    }
  }
}

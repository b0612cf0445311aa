import Fairline
import FairlinePrograms

/// The user stopped the study.
struct Stopped: Error, CustomStringConvertible {
  let signal: Int32
  var description: String { "stopped: the same command goes on from here" }
}

/// What `node-study` runs.
public enum StudyCommand {
  /// Makes the study that a command line asks for, and gives the exit code.
  ///
  /// - Parameter arguments: the arguments without the program's name.
  public static func main(_ arguments: [String]) -> Int32 {
    let program = "node-study"
    var signal: Int32?
    let code = Program.run(program) {
      guard let settings = try StudySettings.read(program, arguments) else { return }
      do {
        var study = try Study(settings, SignalWatch())
        try study.run()
      } catch let stopped as Stopped {
        Program.note("\(program): \(stopped)")
        signal = stopped.signal
      }
    }
    return signal.map { 128 + $0 } ?? code
  }
}

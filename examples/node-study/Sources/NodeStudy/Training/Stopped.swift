/// The user stopped the study.
struct Stopped: Error, CustomStringConvertible {
  let signal: Int32
  var description: String { "stopped: the same command goes on from here" }
}

import FairlineTensor
import Foundation

/// What the command line chooses.
struct BenchmarkSettings {
  var threads = 0
  var repeats = 7
  /// Channels, layers on each side and heads of the measured Transformer.
  var channels = 256
  var layers = 3
  var heads = 4

  /// Takes flags out of the arguments.
  init(_ arguments: inout [String]) {
    var rest: [String] = []
    var index = 0
    while index < arguments.count {
      let value = index + 1 < arguments.count ? Int(arguments[index + 1]) : nil
      switch (arguments[index], value) {
      case ("--threads", let number?): threads = number
      case ("--repeats", let number?): repeats = number
      case ("--channels", let number?): channels = number
      case ("--layers", let number?): layers = number
      case ("--heads", let number?): heads = number
      default:
        rest.append(arguments[index])
        index += 1
        continue
      }
      index += 2
    }
    arguments = rest
    Parallel.setThreadCount(threads)
  }

  var heading: String {
    "\(Parallel.threadCount) threads, \(Engine.instructionSet), BLAS kernel \(Engine.blasKernel)"
  }

  /// The median time of a piece of work in seconds, after one run that does not count.
  func median(_ work: () throws -> Void) rethrows -> Double {
    try work()
    var times: [Double] = []
    for _ in 0..<repeats { times.append(try Self.time(work)) }
    return Self.middle(times)
  }

  /// The time of a piece of work in seconds.
  static func time(_ work: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try work()
    return seconds(since: start)
  }

  /// The seconds that have passed.
  static func seconds(since start: ContinuousClock.Instant) -> Double {
    let time = ContinuousClock.now - start
    return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
  }

  /// The median.
  static func middle(_ times: [Double]) -> Double { times.sorted()[times.count / 2] }
}

/// A number with few digits.
func short(_ value: Double) -> String { String(format: "%.4g", value) }

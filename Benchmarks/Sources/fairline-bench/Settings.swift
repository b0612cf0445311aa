import ExampleSupport
import FairlineTensor
import Foundation

/// What the command line chooses for the engine's parts.
struct BenchmarkSettings {
  var threads: Int
  var repeats: Int
  /// Channels, layers on each side and heads of the measured Transformer.
  var channels: Int
  var layers: Int
  var heads: Int
  /// Whether there is a line of JSON at the end, where a benchmark has one.
  var json: Bool

  /// Takes flags out of the arguments.
  init(_ arguments: inout Arguments) {
    threads = arguments.count("--threads", default: ProcessInfo.processInfo.activeProcessorCount)
    repeats = arguments.count("--repeats", default: 7)
    channels = arguments.count("--channels", default: 256)
    layers = arguments.count("--layers", default: 3)
    heads = arguments.count("--heads", default: 4)
    json = arguments.flag("--json")
    Parallel.setThreadCount(threads)
  }

  var heading: String {
    "\(Parallel.threadCount) threads, \(Engine.instructionSet), BLAS kernel \(Engine.blasKernel)"
  }

  /// The median time of a piece of work in seconds, after one run that does not count.
  func median(_ work: () throws -> Void) rethrows -> Double {
    try work()
    var times: [Double] = []
    for _ in 0..<repeats { times.append(try Timing.time(work)) }
    return Timing.median(times)
  }
}

/// A number with few digits.
func short(_ value: Double) -> String { String(format: "%.4g", value) }

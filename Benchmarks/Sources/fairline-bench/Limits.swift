import CPeak
import ExampleSupport
import Fairline
import FairlineTensor

/// What this machine can do at most: the measure of everything else.
enum Limits {
  /// Prints the rates as a line of JSON, in billions of operations a second.
  static func run(_ arguments: inout Arguments) {
    let settings = BenchmarkSettings(&arguments)
    arguments.finish()
    var line = JSONObject()
    let level: Int32 =
      switch Engine.instructionSet {
      case "x86-64-v4": 2
      case "x86-64-v3": 1
      default: 0
      }
    line["peak_rate"] = .number(fl_peak_rate(Int32(settings.threads), level))
    line["product_rate"] = .number(ProductRate.measured())
    let half = ProductFormat.bestHalf
    if half != .float32 {
      line["half_product_rate"] = .number(half.use { ProductRate.measured() })
    }
    line["threads"] = .integer(settings.threads)
    print(JSONValue.object(line).compactText)
  }
}

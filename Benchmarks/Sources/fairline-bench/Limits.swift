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
    line["peak_rate"] = .number(fl_peak_rate(Int32(settings.threads)))
    line["product_rate"] = .number(ProductRate.measured())
    if ProductFormat.bfloat16.isSupported {
      line["half_product_rate"] = .number(
        ProductFormat.bfloat16.use { ProductRate.measured() })
    }
    line["threads"] = .integer(settings.threads)
    print(JSONValue.object(line).compactText)
  }
}

/// A linear rise from an initial to the full rate over the first updates.
struct Warmup: Sendable {
  let updates: Int
  let initial: Double
  let peak: Double

  /// A warm-up.
  ///
  /// - Parameters:
  ///   - start: the rate at update 0; negative for `least`.
  ///   - peak: the full rate.
  init(updates: Int, from start: Double, least: Double, to peak: Double) {
    (self.updates, self.peak) = (updates, peak)
    initial = start < 0 ? least : start
  }

  func rate(_ completed: Int) -> Double {
    initial + Double(completed) * ((peak - initial) / Double(updates))
  }
}

extension Option {
  /// The flag of a warm-up's length.
  static func warmup(_ updates: WritableKeyPath<Root, Int>) -> Option {
    Option("warmup-updates", updates, in: .from(0), "number of updates of linear warm-up")
  }

  /// The flag of a warm-up's first rate.
  ///
  /// - Parameter least: what negative numbers stand for.
  static func warmup(from rate: WritableKeyPath<Root, Double>, least: String) -> Option {
    Option(
      "warmup-init-lr", rate, in: .from(-1),
      "learning rate at the start of warm-up; negative for \(least)")
  }
}

/// A linear rise from an initial to the full rate over the first updates.
struct Warmup: Sendable {
  let updates: Int
  let initial: Double
  let peak: Double

  func rate(_ completed: Int) -> Double {
    initial + Double(completed) * ((peak - initial) / Double(updates))
  }
}

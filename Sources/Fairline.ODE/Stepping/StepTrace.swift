/// The operations of one step in order.
struct StepTrace {
  enum Operation {
    /// The field, at a point and a fraction of the step.
    case evaluation(point: Int, node: Double, slope: Int)
    /// A point: the step times a sum of slopes, with or without the start added.
    case combination(point: Int, sum: SlopeSum, addsStart: Bool)
  }

  private(set) var operations: [Operation] = []

  mutating func append(_ operation: Operation) { operations.append(operation) }
  mutating func clear() { operations.removeAll(keepingCapacity: true) }
}

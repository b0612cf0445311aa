/// Named numbers that a forward pass measured on its way: function evaluations, steps, penalties.
public struct Statistics: Sendable, Equatable, Codable {
  /// How the values recorded under one name are put together.
  public struct Value: Sendable, Equatable, Codable {
    /// The sum of the values.
    public var sum: Double
    /// How many values there were.
    public var count: Int
    /// The largest value.
    public var maximum: Double
    /// The smallest value.
    public var minimum: Double

    /// The mean of the values.
    public var mean: Double { sum / Double(max(count, 1)) }

    mutating func merge(_ other: Value) {
      sum += other.sum
      count += other.count
      maximum = max(maximum, other.maximum)
      minimum = min(minimum, other.minimum)
    }
  }

  /// The values by name.
  public private(set) var values: [String: Value] = [:]

  /// Makes an empty record.
  public init() {}

  /// Whether nothing has been recorded.
  public var isEmpty: Bool { values.isEmpty }

  /// Adds one value under a name such as `encoder.layers.0.evaluations`.
  public mutating func record(_ value: Double, at name: String) {
    merge(Value(sum: value, count: 1, maximum: value, minimum: value), at: name)
  }

  /// Adds everything that another record holds.
  public mutating func merge(_ other: Statistics) {
    for (name, value) in other.values { merge(value, at: name) }
  }

  private mutating func merge(_ value: Value, at name: String) {
    if values[name] == nil { values[name] = value } else { values[name]?.merge(value) }
  }
}

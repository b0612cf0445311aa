public import FairlineTensor

/// Adds columns with averages of what forward passes recorded: an architecture that measures
/// something brings one.
///
/// Averages run over an epoch. Those of a validation are its own and leave no trace in training.
public struct StatisticsReport: TrainingObserver {
  /// How the recorded values become one number.
  public enum Column: Sendable, Equatable {
    /// The sum over matching names of each name's mean per pass, such as all layers' evaluations.
    case sum(of: String)
    /// The mean of all values under matching names.
    case mean(of: String)
    /// The largest value under matching names.
    case maximum(of: String)
  }

  private struct Average: Codable {
    var sum = 0.0
    var count = 0
    var value: Double? { count > 0 ? sum / Double(count) : nil }
  }

  private let definitions: [(key: String, column: Column)]
  private let digits: Int
  private var averages: [String: Average] = [:]
  private var isResumed = false
  /// The columns of the latest event.
  public private(set) var columns: [ReportColumn] = []

  /// Makes a report.
  ///
  /// - Parameters:
  ///   - columns: what is shown under which name; in patterns such as `encoder.*.evaluations` a
  ///     star stands for any text.
  ///   - digits: decimals in print.
  public init(columns: KeyValuePairs<String, Column>, digits: Int = 2) {
    definitions = columns.map { ($0.key, $0.value) }
    self.digits = digits
  }

  /// Two reports with other columns remember apart.
  public var key: String { "StatisticsReport " + definitions.map(\.key).joined(separator: " ") }

  /// The averages of the epoch in progress.
  public var memory: JSONValue? { try? JSONValue(encoding: averages) }

  /// Goes on with the epoch's averages.
  public mutating func recall(_ memory: JSONValue) {
    averages = (try? memory.decoded(as: [String: Average].self)) ?? [:]
    isResumed = true
  }

  /// Begins new averages.
  public mutating func epochBegan(_ epoch: EpochDescription) {
    if !(isResumed && epoch.done > 0) { averages = [:] }
    isResumed = false
    columns = []
  }

  /// Adds an update, also one whose batches were refused for what they cost.
  public mutating func updated(_ update: Update) {
    let counts = if case .skipped = update.outcome { false } else { true }
    if counts {
      for (key, column) in definitions {
        guard let value = column.value(in: update.statistics) else { continue }
        averages[key, default: Average()].sum += value
        averages[key, default: Average()].count += 1
      }
    }
    columns = definitions.compactMap { key, _ in
      averages[key]?.value.map { ReportColumn(key, $0, digits: digits, priority: 700) }
    }
  }

  /// Shows a validation's own numbers.
  public mutating func validated(_ validation: Validation) {
    columns = definitions.compactMap { key, column in
      column.value(in: validation.statistics).map {
        ReportColumn(key, $0, digits: digits, priority: 700)
      }
    }
  }
}

extension StatisticsReport.Column {
  /// The number, or nil when nothing was recorded under a matching name.
  public func value(in statistics: Statistics) -> Double? {
    let pattern =
      switch self {
      case .sum(let text), .mean(let text), .maximum(let text): text
      }
    let matching = statistics.values.filter { Self.matches($0.key, pattern) }
      .sorted { $0.key < $1.key }.map(\.value)
    guard !matching.isEmpty else { return nil }
    switch self {
    case .sum: return matching.reduce(0) { $0 + $1.mean }
    case .mean:
      let count = matching.reduce(0) { $0 + $1.count }
      return matching.reduce(0) { $0 + $1.sum } / Double(max(count, 1))
    case .maximum: return matching.map(\.maximum).max()
    }
  }

  /// Whether a name fits a pattern in which a star stands for any text.
  private static func matches(_ name: String, _ pattern: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return name == pattern }
    guard name.hasPrefix(parts[0]) else { return false }
    var rest = name.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let place = rest.firstRange(of: part) else { return false }
      rest = rest[place.upperBound...]
    }
    return rest.count >= parts[parts.count - 1].count && rest.hasSuffix(parts[parts.count - 1])
  }
}

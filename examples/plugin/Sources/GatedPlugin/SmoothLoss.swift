import Fairline

/// Adds a moving mean of the loss to every report.
public struct SmoothLoss: TrainingObserver {
  /// The settings.
  public struct Settings: Configuration {
    var keep = 0.98

    public init() {}

    public static var options: [Option<Self>] {
      [Option("smooth-keep", \.keep, in: .from(0, below: 1), "share of the mean that is kept")]
    }
  }

  private let keep: Double
  private var mean: Double?

  /// Makes an observer.
  public init(_ settings: Settings) { keep = settings.keep }

  public mutating func updated(_ update: Update) {
    guard update.outcome == .applied else { return }
    let loss = update.record.loss / Double(max(update.record.sampleSize, 1))
    mean = mean.map { keep * $0 + (1 - keep) * loss } ?? loss
  }

  public var columns: [ReportColumn] { mean.map { [ReportColumn("smooth", $0, digits: 3)] } ?? [] }

  public var memory: JSONValue? { mean.map { .number($0) } }

  public mutating func recall(_ memory: JSONValue) { mean = memory.doubleValue }
}

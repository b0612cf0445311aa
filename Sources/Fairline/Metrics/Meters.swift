/// A weighted mean of what was logged.
public struct AverageMeter: Codable, Equatable, Sendable {
  /// The weighted sum.
  public private(set) var sum = 0.0
  /// The sum of the weights.
  public private(set) var weight = 0.0
  private var latest: Double?

  /// An empty meter.
  public init() {}

  /// Adds a value; with weight 0 it only becomes the latest one.
  public mutating func add(_ value: Double, weight: Double = 1) {
    latest = value
    guard weight > 0 else { return }
    sum += value * weight
    self.weight += weight
  }

  /// The mean, or the latest value when nothing had weight, or nil when nothing was added.
  public var average: Double? { weight > 0 ? sum / weight : latest }
}

/// A count per second of elapsed time, such as words per second.
public struct SpeedMeter: Codable, Equatable, Sendable {
  /// What has been counted.
  public private(set) var count = 0.0
  private var earlier = 0.0
  private var start: Double?

  private enum CodingKeys: CodingKey { case count, earlier }

  /// A meter whose time starts with its first use, `earlier` seconds being over already.
  public init(earlier: Double = 0) { self.earlier = earlier }

  /// Starts the time, if it does not run.
  public mutating func begin(at now: Double = Seconds.now()) { start = start ?? now }

  /// Counts.
  public mutating func add(_ amount: Double, at now: Double = Seconds.now()) {
    begin(at: now)
    count += amount
  }

  /// Seconds so far, including those before a restart.
  public func elapsed(at now: Double = Seconds.now()) -> Double {
    earlier + (start.map { now - $0 } ?? 0)
  }

  /// The count per second; 0 while no time is over.
  public func speed(at now: Double = Seconds.now()) -> Double {
    let seconds = elapsed(at: now)
    return seconds > 0 ? count / seconds : 0
  }

  /// The meter for a checkpoint: its time so far becomes earlier time.
  public func paused(at now: Double = Seconds.now()) -> SpeedMeter {
    var meter = self
    meter.earlier = elapsed(at: now)
    meter.start = nil
    return meter
  }
}

/// Seconds spent between starts and stops.
public struct StopwatchMeter: Codable, Equatable, Sendable {
  /// The sum of all spans in seconds.
  public private(set) var sum = 0.0
  /// The number of spans.
  public private(set) var spans = 0
  private var start: Double?

  private enum CodingKeys: CodingKey { case sum, spans }

  /// A stopped watch at zero.
  public init() {}

  /// Begins a span.
  public mutating func begin(at now: Double = Seconds.now()) { start = now }

  /// Ends a span, if one has begun.
  public mutating func end(at now: Double = Seconds.now()) {
    guard let begun = start else { return }
    sum += now - begun
    spans += 1
    start = nil
  }
}

/// Meters by name, for one kind of report; what a checkpoint keeps of a partial epoch.
public struct MeterGroup: Codable, Equatable, Sendable {
  private struct Named: Codable, Equatable {
    var key: String
    var priority: Int?
    var digits: Int?
    var meter: Meter
  }

  private enum Meter: Codable, Equatable {
    case average(AverageMeter)
    case speed(SpeedMeter)
    case stopwatch(StopwatchMeter)
  }

  private var meters: [Named] = []

  /// No meters.
  public init() {}

  /// Logs a value into the mean of this name.
  public mutating func add(
    _ key: String, _ value: Double, weight: Double = 1, priority: Int? = nil, digits: Int? = nil
  ) {
    change(key, priority, digits, .average(AverageMeter())) { meter in
      guard case .average(var average) = meter else { return }
      average.add(value, weight: weight)
      meter = .average(average)
    }
  }

  /// Counts towards the speed of this name; the time starts with the first count.
  public mutating func addSpeed(
    _ key: String, _ amount: Double, at now: Double = Seconds.now(), priority: Int? = nil,
    digits: Int? = nil
  ) {
    change(key, priority, digits, .speed(SpeedMeter())) { meter in
      guard case .speed(var speed) = meter else { return }
      speed.add(amount, at: now)
      meter = .speed(speed)
    }
  }

  /// Begins a span of the stopwatch of this name.
  public mutating func begin(
    _ key: String, at now: Double = Seconds.now(), priority: Int? = nil, digits: Int? = nil
  ) {
    change(key, priority, digits, .stopwatch(StopwatchMeter())) { meter in
      guard case .stopwatch(var watch) = meter else { return }
      watch.begin(at: now)
      meter = .stopwatch(watch)
    }
  }

  /// Ends the span of the stopwatch of this name.
  public mutating func end(_ key: String, at now: Double = Seconds.now()) {
    change(key, nil, nil, .stopwatch(StopwatchMeter())) { meter in
      guard case .stopwatch(var watch) = meter else { return }
      watch.end(at: now)
      meter = .stopwatch(watch)
    }
  }

  /// The present value of a name: a mean, a speed or a sum of seconds.
  public func value(_ key: String, at now: Double = Seconds.now()) -> Double? {
    switch meters.first(where: { $0.key == key })?.meter {
    case .average(let meter): meter.average
    case .speed(let meter): meter.speed(at: now)
    case .stopwatch(let meter): meter.sum
    case nil: nil
    }
  }

  /// Empties all meters; speeds start anew from this moment.
  public mutating func reset(at now: Double = Seconds.now()) {
    for index in meters.indices {
      switch meters[index].meter {
      case .average: meters[index].meter = .average(AverageMeter())
      case .stopwatch: meters[index].meter = .stopwatch(StopwatchMeter())
      case .speed:
        var meter = SpeedMeter()
        meter.begin(at: now)
        meters[index].meter = .speed(meter)
      }
    }
  }

  /// The group for a checkpoint: times run on from here after a restart.
  public func paused(at now: Double = Seconds.now()) -> MeterGroup {
    var group = self
    for index in group.meters.indices {
      guard case .speed(let meter) = group.meters[index].meter else { continue }
      group.meters[index].meter = .speed(meter.paused(at: now))
    }
    return group
  }

  /// Adds all values to a report.
  public func write(to report: inout Report, at now: Double = Seconds.now()) {
    for named in meters {
      report.add(
        named.key, value(named.key, at: now), priority: named.priority, digits: named.digits)
    }
  }

  private mutating func change(
    _ key: String, _ priority: Int?, _ digits: Int?, _ fresh: Meter, _ body: (inout Meter) -> Void
  ) {
    if let index = meters.firstIndex(where: { $0.key == key }) {
      body(&meters[index].meter)
    } else {
      var meter = fresh
      body(&meter)
      meters.append(Named(key: key, priority: priority, digits: digits, meter: meter))
    }
  }
}

import Fairline

/// Newbob: the full rate while validation gains enough in an epoch, then half of it in each epoch.
public struct NewbobSchedule: LearningRateScheduler {
  /// The settings.
  public struct Settings: Configuration {
    var gain = 0.005

    public init() {}

    public static var options: [Option<Self>] {
      [Option("newbob-gain", \.gain, in: .from(0, to: 1), "relative gain below which rates halve")]
    }
  }

  /// What it remembers.
  public struct State: Codable, Sendable {
    var learningRate: Double
    var lastValue: Double?
    var isHalving = false
  }

  public var state: State
  private let gain: Double

  /// Makes a schedule.
  public init(_ settings: Settings, _ context: SchedulerContext) {
    gain = settings.gain
    state = State(learningRate: context.learningRates[0])
  }

  public var learningRate: Double { state.learningRate }

  public mutating func update(_ updates: Int) -> Double { learningRate }

  public mutating func endEpoch(_ epoch: Int, validation: Double?) -> Double {
    guard let value = validation else { return learningRate }
    if let last = state.lastValue, last - value < gain * abs(last) { state.isHalving = true }
    state.lastValue = value
    if state.isHalving { state.learningRate /= 2 }
    return learningRate
  }
}

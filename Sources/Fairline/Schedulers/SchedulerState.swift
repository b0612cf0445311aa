/// What a schedule remembers that follows from the number of updates: the rate in use.
public struct RateState: Codable, Sendable, Equatable {
  /// The rate in use.
  public var learningRate: Double

  /// Remembers a rate.
  public init(learningRate: Double) { self.learningRate = learningRate }
}

/// A schedule that remembers its rate only.
package protocol RateSchedule: LearningRateScheduler where State == RateState {
  /// The rate in use.
  var learningRate: Double { get set }
}

extension RateSchedule {
  /// The rate in use.
  package var state: RateState {
    get { RateState(learningRate: learningRate) }
    set { learningRate = newValue.learningRate }
  }
}

/// A schedule with a rate for each epoch, and a warm-up.
protocol EpochRateSchedule: LearningRateScheduler where State == EpochRateState {
  /// The rate in use.
  var learningRate: Double { get set }
  /// The epoch's rate, before warm-up.
  var baseRate: Double { get set }
  /// The factor that warm-up has reached.
  var factor: Double { get set }
}

extension EpochRateSchedule {
  /// The epoch's base rate, and how far warm-up has come.
  var state: EpochRateState {
    get { EpochRateState(learningRate: learningRate, baseRate: baseRate, warmupFactor: factor) }
    set {
      learningRate = newValue.learningRate
      baseRate = newValue.baseRate ?? baseRate
      factor = newValue.warmupFactor ?? factor
    }
  }

  /// Begins an epoch with its base rate.
  mutating func begin(with rate: Double) -> Double {
    baseRate = rate
    learningRate = factor * baseRate
    return learningRate
  }
}

/// What a schedule with a rate for each epoch remembers; only the rate in use when another
/// schedule was in use before.
struct EpochRateState: Codable, Sendable, Equatable {
  /// The rate in use.
  var learningRate: Double
  /// The epoch's rate, before warm-up.
  var baseRate: Double?
  /// The factor that warm-up has reached.
  var warmupFactor: Double?
}

extension LearningRateScheduler {
  /// What a checkpoint keeps.
  public func memory() throws -> JSONValue { try JSONValue(encoding: state) }

  /// Goes on from what a checkpoint kept.
  ///
  /// - Throws: `UserError` when another schedule kept it, and this one needs more.
  public mutating func recall(_ memory: JSONValue) throws {
    do {
      state = try memory.decoded(as: State.self)
    } catch is DecodingError {
      throw UserError(
        "the checkpoint's learning-rate schedule is not the one of --lr-scheduler: choose that one,"
          + " or begin the schedule anew with --reset-lr-scheduler")
    }
  }
}

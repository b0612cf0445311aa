/// What a schedule is made for, besides its own settings.
public struct SchedulerContext: Sendable {
  /// The base learning rates, at least one; schedules that know epochs take one per epoch.
  public var learningRates: [Double]
  /// The number of updates after which training ends; 0 for no limit.
  public var maxUpdate: Int
  /// Whether a larger validation metric is better.
  public var maximizesMetric: Bool

  /// A context; throws for an empty list of rates.
  public init(
    learningRates: [Double], maxUpdate: Int = 0, maximizesMetric: Bool = false
  ) throws {
    guard !learningRates.isEmpty, learningRates.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      throw OptionError.invalid("--lr needs at least one number that is not negative")
    }
    self.learningRates = learningRates
    self.maxUpdate = maxUpdate
    self.maximizesMetric = maximizesMetric
  }

  /// The only base rate, for schedules that take no list.
  func single(for scheduler: String) throws -> Double {
    guard learningRates.count == 1 else {
      throw OptionError.invalid(
        "--lr: --lr-scheduler \(scheduler) takes one number, not \(learningRates.count)")
    }
    return learningRates[0]
  }
}

/// How the learning rate follows updates and epochs.
///
/// `n` counts completed updates: the rate that `update(n)` returns is used by update n + 1. The
/// trainer calls, in this order: `update(0)` once, `beginEpoch(e)` for e = 1, 2, …, within the
/// epoch `update(n)` after each update, and `endEpoch(e, validation:)`.
///
/// What a schedule must remember to go on after a restart is a type of its own: ``RateState``,
/// or one with more in it. A checkpoint holds it as JSON.
public protocol LearningRateScheduler {
  /// What it remembers.
  associatedtype State: Codable & Sendable

  /// The rate in use.
  var learningRate: Double { get }

  /// What a checkpoint keeps; assigning it continues from there.
  var state: State { get set }

  /// An epoch begins, counted from 1; returns the rate to use.
  mutating func beginEpoch(_ epoch: Int) -> Double

  /// `updates` updates are completed; returns the rate to use.
  mutating func update(_ updates: Int) -> Double

  /// An epoch ends with a validation value, if there was one; returns the rate to use.
  mutating func endEpoch(_ epoch: Int, validation: Double?) -> Double
}

extension LearningRateScheduler {
  /// Most schedules do not care for epochs.
  public mutating func beginEpoch(_ epoch: Int) -> Double { learningRate }

  /// Most schedules do not care for validation.
  public mutating func endEpoch(_ epoch: Int, validation: Double?) -> Double { learningRate }
}

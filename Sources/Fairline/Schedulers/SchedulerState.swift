/// What a schedule remembers that follows from the number of updates: the rate in use.
public struct RateState: Codable, Sendable, Equatable {
  /// The rate in use.
  public var learningRate: Double

  /// Remembers a rate.
  public init(learningRate: Double) { self.learningRate = learningRate }
}

/// What a schedule with a rate for each epoch remembers; only the rate in use when another
/// schedule was in use before.
struct EpochRateState: Codable, Sendable, Equatable {
  /// The rate in use.
  var learningRate: Double
  /// The epoch's rate, before warm-up.
  package var baseRate: Double?
  /// The factor that warm-up has reached.
  package var warmupFactor: Double?
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

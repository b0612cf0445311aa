/// Settings of ``ManualSchedule``.
package struct ManualScheduleSettings: Configuration, Equatable {
  /// Rates by epoch.
  package var epochRates = RateTable()
  /// Rates by the number of updates.
  package var updateRates = RateTable()

  /// The defaults.
  package init() {}

  /// The flags.
  package static var options: [Option<Self>] {
    [
      Option("epoch2lr", \.epochRates, "learning rates by epoch, such as '{1-3: 0.1, 4: 0.05}'"),
      Option("update2lr", \.updateRates, "learning rates by number of updates"),
    ]
  }
}

/// Rates that the user names for epochs or numbers of updates; each holds until the next.
package struct ManualSchedule: RateSchedule {
  /// The rate in use.
  package var learningRate: Double
  private let settings: ManualScheduleSettings

  /// A schedule; throws ``OptionError`` where no rates are given.
  package init(_ settings: ManualScheduleSettings, _ context: SchedulerContext) throws {
    guard !settings.epochRates.isEmpty || !settings.updateRates.isEmpty else {
      throw OptionError.invalid("--lr-scheduler manual needs --epoch2lr or --update2lr")
    }
    self.settings = settings
    learningRate = settings.epochRates[1] ?? settings.updateRates[1] ?? context.learningRates[0]
  }

  /// Takes the epoch's rate, where there is one.
  package mutating func beginEpoch(_ epoch: Int) -> Double {
    learningRate = settings.epochRates.rate(at: epoch) ?? learningRate
    return learningRate
  }

  /// Takes the rate of this many updates, where there is one.
  package mutating func update(_ updates: Int) -> Double {
    learningRate = settings.updateRates.rate(at: updates) ?? learningRate
    return learningRate
  }
}

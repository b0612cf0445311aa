/// Why training ended.
public enum StopReason: Sendable, Equatable, Codable, CustomStringConvertible {
  /// `--max-update` is reached.
  case maximumUpdates(Int)
  /// `--max-epoch` is reached.
  case maximumEpochs(Int)
  /// `--stop-time-hours` are over.
  case time(hours: Double)
  /// The learning rate has fallen to `--stop-min-lr`.
  case minimumRate(Double)
  /// `--patience` is at its end.
  case patience(Int)
  /// The process was asked to end.
  case signal(Int32)

  /// One sentence for the log.
  public var description: String {
    switch self {
    case .maximumUpdates(let count): "training ends: \(count) updates are made (--max-update)"
    case .maximumEpochs(let count): "training ends: \(count) epochs are over (--max-epoch)"
    case .time(let hours):
      "training ends: \(hours.optionText) hours are over (--stop-time-hours)"
    case .minimumRate(let rate):
      "training ends: the learning rate is down to \(rate.optionText) (--stop-min-lr)"
    case .patience(let count):
      "training ends: no improvement in \(count) validations (--patience)"
    case .signal(let number):
      "training was interrupted by \(Self.name(of: number)): start it again with the same command "
        + "to continue"
    }
  }

  private static func name(of signal: Int32) -> String {
    switch signal {
    case 1: "SIGHUP"
    case 2: "SIGINT"
    case 15: "SIGTERM"
    default: "signal \(signal)"
    }
  }

  /// The exit code of the program.
  public var exitCode: Int32 {
    if case .signal(let number) = self { return 128 + number }
    return 0
  }
}

/// What somebody asks of a running training.
public enum Interruption: Sendable, Equatable, Codable {
  /// Save and end, because of this signal.
  case stop(signal: Int32)
  /// Save and go on.
  case save
}

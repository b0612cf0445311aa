/// What the time at the end of a step depends on.
enum TimeSource: Equatable {
  /// On the start of the step: its length is a constant.
  case moving
  /// On an output time.
  case output(Int)
  /// On both ends of the interval: it lies this fraction of the way from the first output time to
  /// the last.
  case between(Double)
  /// On nothing.
  case constant
}

/// A training as a value: settings and components go in, a trained model comes out.
///
/// It neither reads a command line nor catches signals, and prints nothing: ``observers`` and
/// ``note`` hear what happens. It goes on from the last checkpoint of its folder where there is
/// one.
public struct Training {
  /// After so many updates in a row that had to be left out, training ends with an error.
  public static let mostSkippedInARow = 100

  /// What it is told.
  public var settings: TrainingSettings
  /// What it is made of.
  public var components: TrainingComponents
  /// Who is told of every event, in this order, behind the model's own observers.
  ///
  /// Patience and checkpoints follow from the settings and are not among them.
  public var observers: [any TrainingObserver] = []
  /// How several processes train together.
  public var exchange: any GradientExchange = SingleRank()
  /// Receives sentences for the user.
  public var note: @Sendable (String) -> Void = { _ in }
  /// What checkpoints remember of the run for information.
  public var record: JSONValue = [:]

  /// Puts a training together.
  public init(_ components: TrainingComponents, _ settings: TrainingSettings = TrainingSettings()) {
    self.components = components
    self.settings = settings
  }

  /// Finds out what would end the training early, before anything is computed.
  ///
  /// - Throws: what ``run(interruption:)`` would throw before its first update.
  public func check() throws { _ = try PreparedTraining(self) }

  /// Trains to the end.
  ///
  /// - Parameter interruption: asked after each update whether to save or to stop.
  /// - Throws: ``OptionError`` or `UserError` when settings, data or checkpoint do not fit, when
  ///   the last checkpoint cannot be written, and when numbers are not finite and that is no reason
  ///   to go on.
  public func run(interruption: () -> Interruption? = { nil }) throws -> TrainingResult {
    try PreparedTraining(self).run(interruption)
  }
}

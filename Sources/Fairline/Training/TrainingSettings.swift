/// Everything a training is told besides its components.
public struct TrainingSettings: Sendable, Equatable {
  /// Folders of preprocessed data, separated by colons.
  public var data = ""
  /// What all randomness is drawn from.
  public var seed = 1
  /// How parameters are updated and when training ends.
  public var optimization = OptimizationSettings()
  /// How data are cut into batches.
  public var dataset = DatasetSettings()
  /// When the model is validated, and what counts as better.
  public var validation = ValidationSettings()
  /// Where and when checkpoints are read and written.
  public var checkpoints = CheckpointSettings()
  /// How ranks train by themselves between meetings.
  public var local = LocalUpdateSettings()
  /// How training computes.
  public var compute = ComputeSettings()
  /// What several ranks send each other.
  public var exchange = ExchangeSettings()

  /// fairseq's defaults.
  public init() {}

  /// Refuses values that mean nothing.
  ///
  /// - Throws: ``OptionError`` that names the flag.
  public func check() throws {
    try optimization.check()
    try dataset.check()
    try validation.checkRanges()
    try checkpoints.checkRanges()
    try compute.checkRanges()
    try exchange.checkRanges()
    try local.check()
  }

  /// When to validate and to save.
  var cadence: Cadence {
    Cadence(
      validation, saveInterval: checkpoints.saveInterval,
      saveIntervalUpdates: checkpoints.saveIntervalUpdates)
  }

  /// Which of two validation values is better.
  var order: MetricOrder { MetricOrder(maximizes: validation.maximizeBestCheckpointMetric) }
}

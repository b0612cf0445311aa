/// What a checkpoint says besides its tensors; stored as JSON among the file's metadata.
public struct CheckpointHeader: Codable, Equatable, Sendable {
  /// The version of the format that this program writes.
  static let currentVersion = 1
  /// The metadata key of the header in the file.
  static let key = "checkpoint"
  /// What begins the names of tensors that hold the optimizer's state.
  static let optimizerPrefix = "optimizer."
  /// What begins the names of tensors that hold a task's assets.
  static let assetPrefix = "data/"

  /// The version of the format.
  package var formatVersion = Self.currentVersion
  /// The version of Fairline that wrote the file.
  public var fairlineVersion = Program.fairlineVersion
  /// The architecture.
  public var architecture: ComponentRecord
  /// The task.
  public var task: ComponentRecord
  /// What the model was built for.
  public var description: TaskDescription
  /// What identifies the data: dictionary fingerprints and the like.
  public var identity: [String: String] = [:]
  /// The criterion, when the file comes from training.
  public var criterion: ComponentRecord?
  /// The optimizer, when the file holds its state.
  public var optimizer: ComponentRecord?
  /// How many steps the optimizer's state has seen.
  package var optimizerSteps = 0
  /// The learning-rate schedule.
  public var scheduler: ComponentRecord?
  /// What ranks send each other, where that changes bits: settings of ``ExchangeSettings``.
  package var exchange: JSONValue?
  /// Where training stands; nil for a model that is not to be trained further.
  public var progress: TrainingProgress?
  /// When training saved the file, in seconds since 1970; nil in old files and those of other
  /// programs.
  public var savedAt: Double?
  /// How weights are rounded, `int8`; nil for weights in floating point.
  package var quantization: String?
  /// Settings of the search that the model is to be used with, under the names of their
  /// properties, where they are not the usual ones: those of the program that it comes from.
  public var search: JSONValue?
  /// All further settings of the run, under the names of their flags, for information.
  public var run: JSONValue = [:]

  /// Describes a model.
  public init(
    architecture: ComponentRecord, task: ComponentRecord, description: TaskDescription
  ) {
    self.architecture = architecture
    self.task = task
    self.description = description
  }

  /// Reads the header of a file; nil when the file has none.
  init?(_ file: TensorFile) throws {
    guard let text = file.metadata[Self.key] else { return nil }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: text)
    } catch {
      throw UserError("\(file.path) has a damaged checkpoint header: use another copy")
    }
    let version = json["formatVersion"]?.integerValue ?? 0
    guard version == Self.currentVersion else {
      let writer = json["fairlineVersion"]?.stringValue ?? "unknown"
      throw UserError(
        "\(file.path) has checkpoint format \(version), written by Fairline \(writer), and this "
          + "is Fairline \(Program.fairlineVersion) with format \(Self.currentVersion): use the "
          + "version that wrote it"
      )
    }
    do {
      let blank = CheckpointHeader(
        architecture: ComponentRecord(name: ""), task: ComponentRecord(name: ""),
        description: TaskDescription(
          sourceSymbols: 0, targetSymbols: 0, sharesVocabulary: false))
      self = try json.decoded(over: blank)
    } catch {
      throw UserError("\(file.path) has a damaged checkpoint header: use another copy")
    }
    try check(file.path)
  }

  /// The metadata of a file with this header.
  func metadata() throws -> [String: String] {
    [Self.key: try JSONValue(encoding: self).compactText, "format": "pt"]
  }
}

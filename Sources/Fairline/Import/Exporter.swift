/// Writes a model as the files of another program.
///
/// What the other program's form cannot hold is refused with a sentence, never left out.
public protocol Exporter: Sendable {
  /// Writes the files of a model.
  ///
  /// - Parameter folder: an empty folder.
  /// - Returns: what the user should know besides, a sentence each.
  /// - Throws: `UserError` naming what the form cannot hold, `FileError` when a file cannot be
  ///   written.
  func write(_ model: ExportedModel, to folder: String) throws -> [String]
}

/// Exporters: what writes models as other programs' files.
enum ExporterSection: CatalogSection {
  typealias Entry = any Exporter
  static let kind = "export format"
}

extension Catalog {
  /// Exporters: what writes models as other programs' files, for `fairline-export --format`.
  public var exporters: Registry<any Exporter> {
    get { self[ExporterSection.self] }
    set { self[ExporterSection.self] = newValue }
  }
}

/// A model that an exporter writes.
public struct ExportedModel: Sendable {
  /// The file that it comes from, for messages.
  public let path: String
  /// The architecture and the task with all their settings, and what the model was built for.
  public let header: CheckpointHeader
  /// The parameters in floating point, under their names; each once.
  public let tensors: any TensorSource
  /// What the task carries: `dict.src`, `dict.tgt`, `spm.model`.
  public let assets: [String: [UInt8]]
  /// Whether matrices are to be rounded to 8 bit integers.
  public let isRounded: Bool

  /// Reads a model.
  ///
  /// - Parameters:
  ///   - data: a folder of dictionaries, for models that lie without them; empty for none.
  ///   - isRounded: whether matrices are to be rounded to 8 bit integers.
  /// - Throws: when the model or its task cannot be built.
  package init(
    _ file: ModelFile, _ catalog: Catalog, data: String = "", isRounded: Bool = false
  ) throws {
    let task = try file.makeTask(catalog, data: data)
    try file.check(against: task)
    let parameters = try file.makeModel(catalog).parameters
    var header = file.header
    header.architecture = try ComponentRecord(catalog.architectures.select(header.architecture))
    header.task = try ComponentRecord(catalog.tasks.select(header.task))
    (path, assets, self.isRounded) = (file.path, task.assets, isRounded)
    self.header = header
    tensors = ParameterTensors(parameters, path: file.path)
  }
}

import FairlineTensor
import Foundation

/// A trained model in a file: which architecture with which settings for which task, and its
/// parameters.
///
/// Reads Fairline's checkpoints, and whatever the importers of a catalogue recognise. Nothing in
/// a file can run.
public struct ModelFile: Sendable {
  /// Where the file, or the folder, lies.
  public let path: String
  /// What it says besides its tensors.
  public let header: CheckpointHeader
  /// The tensors that hold parameters, under the names of the file.
  public let parameters: any TensorSource
  /// The checkpoint; nil for a model that was imported.
  let checkpoint: TensorFile?
  /// What an importer made of another program's file; nil for a checkpoint.
  package let imported: ImportedModel?

  /// Opens a checkpoint, or what one of the importers recognises; tensors are read when they are
  /// asked for.
  ///
  /// A checkpoint has checksums of its own. The files of other programs are compared with the
  /// checksums in an `xxh64sums.txt` beside them, where there is one.
  ///
  /// - Parameter importers: those of the catalogue; without any only checkpoints are opened.
  /// - Throws: `UserError` or ``TensorFileError``, naming the file and the remedy.
  public static func load(
    _ path: String, importers: Registry<any Importer> = Registry(kind: ImporterSection.kind)
  ) throws -> ModelFile {
    let isFolder = Paths.isFolder(path)
    let opened = Result { try TensorFile(path: path) }
    let tensors = try? opened.get()
    if let tensors, let header = try CheckpointHeader(tensors) {
      return ModelFile(
        path: path, header: header, parameters: tensors.parameters, checkpoint: tensors,
        imported: nil)
    }
    if Paths.exists(path) {
      let candidate = ImportCandidate(path: path, isFolder: isFolder, tensors: tensors)
      for name in importers.names {
        let importer = try importers[name]
        guard importer.recognizes(candidate) else { continue }
        try candidate.verifySums()
        return try ModelFile(path, importer.open(candidate), importer: name)
      }
    }
    try refuse(path, importers)
    if !isFolder { _ = try opened.get() }
    throw UserError("\(path) is no checkpoint of Fairline\(known(importers))")
  }

  private init(_ path: String, _ model: ImportedModel, importer: String) throws {
    if let name = model.unused.first {
      let more = model.unused.count > 1 ? " and \(model.unused.count - 1) more" : ""
      throw UserError(
        "\(path) has tensors that the importer '\(importer)' cannot place ('\(name)'\(more)): "
          + "it is a model of another kind")
    }
    try model.header.check(path)
    self.init(
      path: path, header: model.header, parameters: model.tensors, checkpoint: nil,
      imported: model)
  }

  /// The same file with another header.
  func with(_ header: CheckpointHeader) -> ModelFile {
    ModelFile(
      path: path, header: header, parameters: parameters, checkpoint: checkpoint,
      imported: imported)
  }

  private init(
    path: String, header: CheckpointHeader, parameters: any TensorSource,
    checkpoint: TensorFile?, imported: ImportedModel?
  ) {
    self.path = path
    self.header = header
    self.parameters = parameters
    self.checkpoint = checkpoint
    self.imported = imported
  }

  private static func refuse(_ path: String, _ importers: Registry<any Importer>) throws {
    if path.hasSuffix(".pt") {
      let own = path.dropLast(3) + ".safetensors"
      let remedy =
        Paths.exists(String(own))
        ? "use \(own)"
        : "save its 'model' tensors with safetensors.torch.save_file and put a config.json "
          + "beside them"
      throw UserError("\(path) is a PyTorch file, which no importer here reads: \(remedy)")
    }
    guard Paths.exists(path) else {
      throw UserError("\(path) does not exist: check the path of the model")
    }
  }

  private static func known(_ importers: Registry<any Importer>) -> String {
    let known = importers.names.map { "\($0): \(importers.summary(of: $0))" }
    guard !known.isEmpty else { return ": check the path of the model" }
    return ", and no importer knows it (\(known.joined(separator: "; "))): "
      + "check the path and the files beside it"
  }

  /// The architecture's name.
  public var architecture: String { header.architecture.name }

  /// Builds the model with its parameters.
  ///
  /// - Parameters:
  ///   - overrides: settings to lay over the saved ones, `["dropout": 0]` for example.
  ///   - forSearch: whether the model is only searched with, so that rounded weights may stay in
  ///     the file's memory.
  ///   - description: vocabularies and lengths to build it for; nil for the saved ones.
  /// - Throws: when no plug-in brings the architecture, the parameters are not its, or one of
  ///   them is not finite.
  public func makeModel(
    _ catalog: Catalog, overrides: JSONValue? = nil, forSearch: Bool = false,
    description: TaskDescription? = nil
  ) throws -> any Model {
    let selection = try catalog.architectures.select(header.architecture, overrides: overrides)
    var context = ModelContext(
      task: description ?? header.description, isFilledFromFile: true, catalog: catalog)
    context.holdsIntegers = forSearch && header.quantization != nil
    context.importers = catalog.importers
    let holdsIntegers = context.holdsIntegers
    let model = try selection.build(context) { counted in
      try check(counted)
      try ModelSize(of: counted, holdsIntegers: holdsIntegers && counted.packsAllWeights)
        .check(path)
    }
    let serves = forSearch && model.searchesInIntegers
    try fill(model, integers: serves ? model.packsAllWeights ? .kept : .both : .expanded)
    return model
  }

  /// Refuses a file of rounded weights where they must be exact.
  ///
  /// - Parameter purpose: what the weights are needed for, "training" for example.
  /// - Throws: `UserError` naming the file.
  package func requireExactWeights(for purpose: String) throws {
    guard let quantization = header.quantization else { return }
    throw UserError(
      "\(path) holds weights rounded to \(quantization), which do not train: "
        + "use the checkpoint it was made from for \(purpose)")
  }

  /// Builds the task; without a data folder, from what the file carries.
  public func makeTask(
    _ catalog: Catalog, data: String = "", dataset: DatasetSettings = DatasetSettings(),
    overrides: JSONValue? = nil
  ) throws -> any Task {
    let selection = try catalog.tasks.select(header.task, overrides: overrides)
    return try selection.build(TaskContext(data: data, assets: assets(), dataset: dataset))
  }

  /// What the file carries of its task: dictionaries, a SentencePiece model.
  public func assets() throws -> [String: [UInt8]] {
    guard let checkpoint else { return imported?.assets ?? [:] }
    var assets: [String: [UInt8]] = [:]
    for name in checkpoint.names where name.hasPrefix(CheckpointHeader.assetPrefix) {
      let key = String(name.dropFirst(CheckpointHeader.assetPrefix.count))
      assets[key] = try checkpoint.withBytes(of: name) { Array($0) }
    }
    return assets
  }
}

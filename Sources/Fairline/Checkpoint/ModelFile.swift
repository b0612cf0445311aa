import Foundation

/// A trained model in a file: which architecture with which settings for which task, and its parameters.
///
/// Reads Fairline's checkpoints, and safetensors files with fairseq's parameter names beside a `config.json`.
/// Nothing in a file can run.
public struct ModelFile: Sendable {
  /// Where the file lies.
  public let path: String
  /// What it says besides its tensors.
  public let header: CheckpointHeader
  /// The tensors.
  public let tensors: TensorFile
  private let folderAssets: [String: String]

  /// Opens a file; tensors are read when they are asked for.
  ///
  /// - Throws: `UserError` or ``TensorFileError``, naming the file and the remedy.
  public static func load(_ path: String) throws -> ModelFile {
    try refuseForeignFormat(path)
    let tensors = try TensorFile(path: path)
    if let header = try CheckpointHeader(tensors) {
      return ModelFile(path: path, header: header, tensors: tensors, folderAssets: [:])
    }
    let foreign = try ForeignModel(beside: tensors)
    return ModelFile(
      path: path, header: foreign.header, tensors: tensors, folderAssets: foreign.assets)
  }

  private static func refuseForeignFormat(_ path: String) throws {
    let exists = FileManager.default.fileExists(atPath: path)
    if path.hasSuffix(".pt") {
      let own = path.dropLast(3) + ".safetensors"
      let remedy =
        FileManager.default.fileExists(atPath: String(own))
        ? "use \(own)"
        : "save its 'model' tensors with safetensors.torch.save_file and put a config.json beside them"
      throw UserError("\(path) is a PyTorch file, whose pickles could run code: \(remedy)")
    }
    guard exists else { throw UserError("\(path) does not exist: check the path of the model") }
  }

  /// The architecture's name.
  public var architecture: String { header.architecture.name }

  /// Builds the model with its parameters.
  ///
  /// - Parameters:
  ///   - overrides: settings to lay over the saved ones, `["dropout": 0]` for example.
  ///   - forSearch: whether the model is only searched with, so that rounded weights may stay in the file's memory.
  /// - Throws: when no plug-in brings the architecture, or the parameters are not its.
  public func makeModel(
    _ catalog: Catalog, overrides: JSONValue? = nil, forSearch: Bool = false
  ) throws -> any Model {
    let selection = try catalog.architectures.select(header.architecture, overrides: overrides)
    var context = ModelContext(
      task: header.description, isFilledFromFile: true, catalog: catalog)
    context.holdsIntegers = forSearch && header.quantization != nil
    let model = try selection.build(context)
    try fill(model.parameters, adoptsIntegers: forSearch && model.searchesInIntegers)
    return model
  }

  /// Refuses a file of rounded weights where they must be exact.
  ///
  /// - Parameter purpose: what the weights are needed for, "training" for example.
  /// - Throws: `UserError` naming the file.
  public func requireExactWeights(for purpose: String) throws {
    guard let quantization = header.quantization else { return }
    throw UserError(
      "\(path) holds weights rounded to \(quantization), which serve translation only: use the checkpoint it was made from for \(purpose)"
    )
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
    var assets: [String: [UInt8]] = [:]
    for name in tensors.names where name.hasPrefix(CheckpointHeader.assetPrefix) {
      let key = String(name.dropFirst(CheckpointHeader.assetPrefix.count))
      assets[key] = try tensors.withBytes(of: name) { Array($0) }
    }
    for (key, path) in folderAssets {
      guard let bytes = FileManager.default.contents(atPath: path) else {
        throw UserError("\(path) cannot be read: check its permissions")
      }
      assets[key] = Array(bytes)
    }
    return assets
  }
}

import Foundation

/// Makes a model of a file or folder that another program wrote.
///
/// Wherever a model can be named (`--path`, `--restore-file`, `--finetune-from-model`), what is
/// no checkpoint is shown to the importers of the catalogue one after another, by their names;
/// the first that recognises it opens it. An importer reads and never runs what it reads.
public protocol Importer: Sendable {
  /// Whether this is the importer's kind of file or folder, by what it contains.
  func recognizes(_ candidate: ImportCandidate) -> Bool

  /// Opens a file or folder that was recognised.
  ///
  /// - Throws: `UserError` naming what is missing or wrong, and the remedy.
  func open(_ candidate: ImportCandidate) throws -> ImportedModel
}

/// Importers: what makes models of other programs' files.
public enum ImporterSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = any Importer
  /// The kind.
  public static let kind = "importer"
}

extension Catalog {
  /// Importers: what makes models of other programs' files.
  public var importers: Registry<any Importer> {
    get { self[ImporterSection.self] }
    set { self[ImporterSection.self] = newValue }
  }
}

/// What an importer makes of a file or folder.
public struct ImportedModel: Sendable {
  /// Which architecture with which settings for which task.
  public var header: CheckpointHeader
  /// What the task needs, as checkpoints carry it: `dict.src`, `dict.tgt`, `spm.model`.
  public var assets: [String: [UInt8]]
  /// The tensors, under the names of the architecture's parameters or names that its
  /// ``Model/fileNames`` know.
  public var tensors: any TensorSource
  /// Tensors that the importer cannot place and that are not known to be superfluous; a model
  /// with such tensors is refused, as it would compute something else.
  public var unused: [String]
  /// Tensors that are known to be superfluous: markers, copies, computed tables.
  public var ignored: [String] = []
  /// What kind of model this is, for the user: `OPUS-MT in Hugging Face's form`.
  public var kind = ""
  /// What else the user should know, a sentence each.
  public var notes: [String] = []
  /// Where its training stands, where that can go on here.
  package var training: ImportedTraining?
  /// Why it cannot, the end of a sentence; nil where there is nothing to say.
  package var trainingIsLost: String?

  /// Puts a model together.
  public init(
    header: CheckpointHeader, assets: [String: [UInt8]], tensors: any TensorSource,
    unused: [String] = []
  ) {
    self.header = header
    self.assets = assets
    self.tensors = tensors
    self.unused = unused
  }
}

/// A file or folder that is no checkpoint, as importers see it.
public struct ImportCandidate: Sendable {
  /// The path as the user gave it.
  public let path: String
  /// Whether it is a folder.
  public let isFolder: Bool
  /// The tensors, when it is a safetensors file.
  public let tensors: TensorFile?

  package init(path: String, isFolder: Bool, tensors: TensorFile? = nil) {
    self.path = path
    self.isFolder = isFolder
    self.tensors = tensors
  }

  /// The folder itself, or the one in which the file lies.
  public var folder: String {
    isFolder ? path : Paths.folder(path)
  }

  /// The path of a file in ``folder``; nil when there is none of this name.
  public func file(_ name: String) -> String? {
    let path = Paths.join(folder, name)
    return Paths.isFile(path) ? path : nil
  }

  /// The first bytes of a file; fewer when it is shorter, none of a folder.
  ///
  /// - Parameter count: at most so many.
  package func beginning(_ count: Int) -> [UInt8] {
    isFolder ? [] : beginning(of: path, count)
  }

  /// The first bytes of a regular file; fewer when it is shorter.
  package func beginning(of path: String, _ count: Int) -> [UInt8] {
    guard Paths.isFile(path), let reader = try? FileReader(path) else { return [] }
    return (try? reader.read(count)) ?? []
  }

  /// The bytes of a file in ``folder``; nil when there is none of this name.
  ///
  /// - Throws: `FileError` when it cannot be read.
  public func contents(of name: String) throws -> [UInt8]? {
    try file(name).map { try readBytes(of: $0) }
  }

  /// The object in a JSON file in ``folder``; nil when there is none of this name.
  ///
  /// - Throws: `UserError` when it is no JSON object.
  public func object(in name: String) throws -> JSONObject? {
    guard let path = file(name) else { return nil }
    let bytes = try readBytes(of: path)
    do {
      let json = try bytes.withUnsafeBytes { try JSONValue(parsing: $0) }
      guard case .object(let members) = json else { throw JSONError("a list or a plain value") }
      return members
    } catch let error as JSONError {
      throw UserError("\(path) is not a JSON object of settings (\(error)): repair it or remove it")
    }
  }
}

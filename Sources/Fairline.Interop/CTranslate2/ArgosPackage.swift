import Fairline
import FairlineFoundation
import Foundation

/// A package of Argos Translate (LibreTranslate): `metadata.json`, a folder of CTranslate2 in
/// `model`, and `sentencepiece.model`; in a zip file `.argosmodel`, or as the folder that it
/// becomes when it is installed.
struct ArgosPackage: Importer {
  private static let metadata = "metadata.json"
  private static let model = "model/model.bin"

  func recognizes(_ candidate: ImportCandidate) -> Bool {
    if candidate.isFolder {
      return candidate.file(Self.metadata) != nil
        && Paths.isFile(Paths.join(candidate.folder, Self.model))
    }
    guard candidate.beginning(4) == [0x50, 0x4B, 3, 4], let file = try? MappedFile(candidate.path),
      let archive = try? ZipArchive(file, takesCompressed: true)
    else { return false }
    return Self.top(of: archive) != nil
  }

  /// What stands before the names of a package's members; nil when the archive is no package.
  private static func top(of archive: ZipArchive) -> String? {
    archive.names.filter { $0 == metadata || $0.hasSuffix("/" + metadata) }
      .map { String($0.dropLast(metadata.count)) }
      .first { archive.names.contains($0 + model) }
  }

  func open(_ candidate: ImportCandidate) throws -> ImportedModel {
    if candidate.isFolder { return try open(folder: candidate.folder) }
    let place = FileManager.default.temporaryDirectory
      .appendingPathComponent("fairline-argos-\(UUID().uuidString)").path
    // The model stays mapped when the folder is gone.
    defer { Paths.remove(place) }
    do {
      try unpack(candidate.path, to: place)
      return try open(folder: place)
    } catch let error as ZipError {
      throw UserError("\(candidate.path) is no package that can be read: \(error)")
    } catch let error as UserError {
      throw UserError(error.description.replacing(place, with: candidate.path))
    }
  }

  /// Writes the members that a model is made of to a folder.
  private func unpack(_ path: String, to folder: String) throws {
    let file = try MappedFile(path)
    let archive = try ZipArchive(file, takesCompressed: true)
    guard let top = Self.top(of: archive) else { throw ZipError("it has no model") }
    try Paths.makeFolder(Paths.join(folder, "model"))
    for name in archive.names where name.hasPrefix(top) {
      let own = String(name.dropFirst(top.count))
      let parts = own.split(separator: "/", omittingEmptySubsequences: false)
      let isWanted =
        ["sentencepiece.model", "bpe.model", Self.metadata].contains(own)
        || parts.count == 2 && parts[0] == "model"
      guard isWanted else { continue }
      try archive.extract(name, of: file, to: Paths.join(folder, own))
    }
  }

  private func open(folder: String) throws -> ImportedModel {
    let candidate = ImportCandidate(path: folder, isFolder: true)
    let path = Paths.join(folder, Self.metadata)
    let metadata = ForeignSettings(
      try candidate.object(in: Self.metadata) ?? JSONObject(), path: path)
    let kind = metadata.text("type") ?? "translate"
    guard kind == "translate" else {
      throw UserError("\(path) says that the package is for '\(kind)': only 'translate' is known")
    }
    guard (metadata.text("target_prefix") ?? "").isEmpty else {
      throw UserError(
        "\(path) says that outputs begin with '\(metadata.text("target_prefix") ?? "")': packages "
          + "of several languages are not known here")
    }
    var model = try CTranslate2Folder(endsSourcesAsTold: true).open(
      ImportCandidate(path: Paths.join(folder, "model"), isFolder: true))
    model.kind = "package of Argos Translate with a \(model.kind)"
    model.notes = []
    if let pieces = try candidate.contents(of: "sentencepiece.model") {
      model.assets["spm.model"] = pieces
      (model.assets["spm.src.model"], model.assets["spm.tgt.model"]) = (nil, nil)
    } else {
      model.notes.append("its tokenizer is not SentencePiece: text must be divided already")
    }
    model.notes.append("it is given a sentence a line: nothing divides text into sentences here")
    if case .object(var task) = model.header.task.settings {
      task["sourceLang"] = metadata.text("from_code").map(JSONValue.string)
      task["targetLang"] = metadata.text("to_code").map(JSONValue.string)
      model.header.task.settings = .object(task)
    }
    // Argos' own search.
    model.header.search = model.header.search?.merging(["beam": 4, "lenpen": 0.2])
    return model
  }
}

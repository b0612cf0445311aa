import Fairline
import FairlineData

/// A native model of Marian: an `.npz` or binary file with the settings of the model inside, or a
/// folder with one, and vocabularies beside it.
struct NativeMarian: Importer {
  func recognizes(_ candidate: ImportCandidate) -> Bool { MarianFiles.model(of: candidate) != nil }

  func open(_ candidate: ImportCandidate) throws -> ImportedModel {
    let files = try MarianFiles(candidate)
    let model = try MarianModel(files)
    var task = JSONObject()
    task["maxSourcePositions"] = .integer(model.positions.source)
    task["maxTargetPositions"] = .integer(model.positions.target)
    // The decoder starts from no embedding, which the row of padding is.
    task["decoderStart"] = .string("<pad>")
    let (source, target) = (model.source.symbols.vocabulary, model.target.symbols.vocabulary)
    var header = CheckpointHeader(
      architecture: ComponentRecord(name: "transformer", settings: .object(model.settings)),
      task: ComponentRecord(name: "translation", settings: .object(task)),
      description: TaskDescription(
        sourceSymbols: source.count, targetSymbols: target.count,
        sharesVocabulary: source == target, maximumSourcePositions: model.positions.source,
        maximumTargetPositions: model.positions.target))
    header.search = try MarianSearch(files.decoder).settings
    var imported = ImportedModel(
      header: header, assets: try assets(files, model), tensors: model.layers.tensors.derived,
      unused: model.layers.tensors.unused)
    imported.kind =
      "native model of Marian" + (files.tensors.isRounded ? ", rounded to integers" : "")
    imported.ignored = model.layers.tensors.ignored
    let usual = ForeignVocabulary.Specials(begin: nil, pad: nil, end: 0, unknown: 1)
    if [model.source, model.target].contains(where: { $0.symbols.specials != usual }) {
      imported.notes.append(
        "its special symbols do not have the numbers 0 and 1, as binary shortlists ask: take those "
          + "in text")
    }
    if imported.assets.keys.allSatisfy({ $0.hasPrefix("dict.") }) {
      imported.notes.append("no piece model lies beside it: text must be divided into its symbols")
    }
    return imported
  }

  private func assets(_ files: MarianFiles, _ model: MarianModel) throws -> [String: [UInt8]] {
    var assets = [
      "dict.src": model.source.symbols.vocabulary.serialized,
      "dict.tgt": model.target.symbols.vocabulary.serialized,
    ]
    let source = try model.source.pieces ?? files.contents(of: "source.spm")
    let target = try model.target.pieces ?? files.contents(of: "target.spm")
    guard let source, let target else { return assets }
    if source == target {
      assets["spm.model"] = source
    } else {
      (assets["spm.src.model"], assets["spm.tgt.model"]) = (source, target)
    }
    if model.source.hasCodes {
      assets[PieceMarks.asset] = PieceMarks(symbols: [], code: [">>", "<<"]).serialized
    }
    return assets
  }
}

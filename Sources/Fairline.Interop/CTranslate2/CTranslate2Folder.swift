import Fairline
import FairlineData

/// A folder of CTranslate2: `model.bin` with a Transformer, `config.json`, and vocabularies.
///
/// Piece models are no part of it; `source.spm` and `target.spm`, or `sentencepiece.model`, are
/// read where they lie beside it.
struct CTranslate2Folder: Importer {
  private static let modelName = "model.bin"
  /// Whether sources have an end just where `config.json` says so; elsewhere callers may add it.
  var endsSourcesAsTold = false

  func recognizes(_ candidate: ImportCandidate) -> Bool {
    guard let path = candidate.file(Self.modelName),
      candidate.isFolder || candidate.path.hasSuffix(Self.modelName)
    else { return false }
    if let config = try? candidate.object(in: "config.json"), config["model_type"] != nil {
      return false
    }
    return CTranslate2File.begins(candidate.beginning(of: path, 4))
  }

  func open(_ candidate: ImportCandidate) throws -> ImportedModel {
    let file = try CTranslate2File(path: candidate.file(Self.modelName) ?? candidate.path)
    guard file.kind.name == "TransformerSpec" else {
      throw UserError(
        "\(file.path) holds a '\(file.kind.name)': only translation with Transformers is known")
    }
    let config = ForeignSettings(
      try candidate.object(in: "config.json") ?? JSONObject(),
      path: candidate.file("config.json") ?? file.path)
    let model = try CTranslate2Model(
      file, config, candidate, endsSourcesAsTold: endsSourcesAsTold)
    let longest = model.positions
    var task = JSONObject()
    task["maxSourcePositions"] = .integer(longest.source)
    task["maxTargetPositions"] = .integer(longest.target)
    task["decoderStart"] = .string(model.start)
    if !model.endsSources { task["sourceEnd"] = false }
    var header = CheckpointHeader(
      architecture: ComponentRecord(name: "transformer", settings: .object(model.settings)),
      task: ComponentRecord(name: "translation", settings: .object(task)),
      description: TaskDescription(
        sourceSymbols: model.source.vocabulary.count,
        targetSymbols: model.target.vocabulary.count,
        sharesVocabulary: model.source.vocabulary == model.target.vocabulary,
        maximumSourcePositions: longest.source, maximumTargetPositions: longest.target))
    // CTranslate2's own defaults.
    header.search = [
      "conventions": "ctranslate2", "beam": 2, "lenpen": 1.0, "minLen": 1,
      "maxLenB": .integer(min(255, longest.target - 1)),
    ]
    var imported = ImportedModel(
      header: header, assets: try assets(candidate, model), tensors: model.tensors,
      unused: model.unused)
    imported.kind = "model of CTranslate2, format \(file.version)"
    if imported.assets.keys.allSatisfy({ $0.hasPrefix("dict.") }) {
      imported.notes.append("no piece model lies beside it: text must be divided into its symbols")
    }
    return imported
  }

  private func assets(
    _ candidate: ImportCandidate, _ model: CTranslate2Model
  ) throws -> [String: [UInt8]] {
    var assets = [
      "dict.src": model.source.vocabulary.serialized,
      "dict.tgt": model.target.vocabulary.serialized,
    ]
    if let source = try candidate.contents(of: "source.spm"),
      let target = try candidate.contents(of: "target.spm")
    {
      (assets["spm.src.model"], assets["spm.tgt.model"]) = (source, target)
    } else {
      for name in ["sentencepiece.model", "sentencepiece.bpe.model", "spm.model"] {
        if let model = try candidate.contents(of: name) {
          assets["spm.model"] = model
          break
        }
      }
    }
    return assets
  }
}

import Fairline

/// A safetensors file with fairseq's parameter names: what it is stands in the `config.json`
/// beside it.
///
/// A model with `"task": "language_modeling"` is one of text without a source.
///
/// Dictionaries are `dict.txt`, or `dict.src.txt` and `dict.tgt.txt`, a SentencePiece model
/// `spm.model`. A folder with such a `model.safetensors` will do too. Names of old files are the
/// architecture's matter, see `Model.fileNames`.
struct FairseqFolder: Importer {
  private static let tensorsName = "model.safetensors"
  private static let settingsName = "config.json"

  /// Makes the importer.
  init() {}

  /// Whether it is a safetensors file without a checkpoint's header and beside a `config.json`
  /// that does not say `model_type`, as other libraries' do; or a folder with both.
  func recognizes(_ candidate: ImportCandidate) -> Bool {
    let hasTensors =
      candidate.isFolder ? candidate.file(Self.tensorsName) != nil : candidate.tensors != nil
    guard hasTensors, candidate.file(Self.settingsName) != nil else { return false }
    // A file that cannot be read is reported when it is opened.
    guard let settings = try? candidate.object(in: Self.settingsName) else { return true }
    return settings["model_type"] == nil
  }

  /// Opens the file, or the folder's `model.safetensors`.
  ///
  /// - Throws: `UserError` or `TensorFileError` naming the file that is damaged.
  func open(_ candidate: ImportCandidate) throws -> ImportedModel {
    let tensors = try candidate.tensors ?? folderTensors(candidate)
    var config = FairseqSettings(try candidate.object(in: Self.settingsName) ?? JSONObject())
    // fairseq notes cutoffs of recurrent models that have no use for them.
    if !tensors.names.contains(where: { $0.hasPrefix("decoder.adaptive_softmax.") }) {
      config.remove("adaptive_softmax_cutoff")
    }
    if config.text("task") == "language_modeling" {
      return try openText(candidate, tensors, config)
    }
    let source = config.text("source_lang") ?? "src"
    let target = config.text("target_lang") ?? "tgt"
    let joint = try candidate.contents(of: "dict.txt")
    var assets: [String: [UInt8]] = [:]
    assets["dict.src"] = try candidate.contents(of: "dict.\(source).txt") ?? joint
    assets["dict.tgt"] = try candidate.contents(of: "dict.\(target).txt") ?? joint
    assets["spm.model"] = try candidate.contents(of: "spm.model")
    // Languages that nobody named are found in the data, where there is any.
    var languages = JSONObject()
    if let named = config.text("source_lang") { languages["sourceLang"] = .string(named) }
    if let named = config.text("target_lang") { languages["targetLang"] = .string(named) }
    let header = CheckpointHeader(
      architecture: ComponentRecord(
        name: config.text("arch") ?? "transformer", settings: config.settings),
      task: ComponentRecord(
        name: config.text("task") ?? "translation", settings: .object(languages)),
      description: describe(tensors, config, isJoint: joint != nil))
    return ImportedModel(
      header: header, assets: assets, tensors: OldConvolutions.converted(tensors.parameters))
  }

  /// A model of text without a source.
  private func openText(
    _ candidate: ImportCandidate, _ tensors: TensorFile, _ config: FairseqSettings
  ) throws -> ImportedModel {
    let dictionary = try candidate.contents(of: "dict.txt")
    var assets: [String: [UInt8]] = [:]
    assets["dict"] = dictionary
    assets["spm.model"] = try candidate.contents(of: "spm.model")
    // A dictionary has a line for each symbol but the four special ones.
    let lines = dictionary.map { text in 4 + text.count { $0 == UInt8(ascii: "\n") } }
    let read =
      config.number("vocab") ?? lines ?? tensors["decoder.embed_tokens.weight"]?.shape.first
    let predicted = config.number("output_dictionary_size").flatMap { $0 > 0 ? $0 : nil }
    let longest = config.number("max_target_positions") ?? config.number("tokens_per_sample")
    let header = CheckpointHeader(
      architecture: ComponentRecord(
        name: config.text("arch") ?? "transformer_lm", settings: config.settings),
      task: ComponentRecord(name: "language_modeling", settings: config.givenSettings),
      description: TaskDescription(
        symbols: read ?? 0, predictedSymbols: predicted, maximumPositions: longest ?? 1024))
    return ImportedModel(
      header: header, assets: assets, tensors: OldConvolutions.converted(tensors.parameters))
  }

  private func folderTensors(_ candidate: ImportCandidate) throws -> TensorFile {
    try TensorFile(path: candidate.file(Self.tensorsName) ?? candidate.path)
  }

  private func describe(
    _ tensors: TensorFile, _ config: FairseqSettings, isJoint: Bool
  ) -> TaskDescription {
    func rows(_ name: String) -> Int? { tensors[name]?.shape.first }
    let both = config.number("vocab")
    let source =
      both ?? config.number("src_vocab") ?? rows("encoder.embed_tokens.weight") ?? 0
    let target =
      both ?? config.number("tgt_vocab") ?? rows("decoder.output_projection.weight")
      ?? rows("decoder.embed_tokens.weight") ?? source
    return TaskDescription(
      sourceSymbols: source, targetSymbols: target,
      sharesVocabulary: isJoint && source == target,
      maximumSourcePositions: config.number("max_source_positions") ?? 1024,
      maximumTargetPositions: config.number("max_target_positions") ?? 1024)
  }
}

import Fairline
import FairlineData
import FairlineTensor

/// A model of Marian in Hugging Face's form, such as those of OPUS-MT: a folder with `config.json`
/// of the kind `marian`, `model.safetensors` or `pytorch_model.bin`, `source.spm`, `target.spm`,
/// `vocab.json` and, with a vocabulary for each side, `target_vocab.json`.
struct MarianFolder: Importer {
  func recognizes(_ candidate: ImportCandidate) -> Bool {
    HuggingFaceFolder.kind(of: candidate) == "marian"
  }

  func open(_ candidate: ImportCandidate) throws -> ImportedModel {
    let folder = try HuggingFaceFolder(candidate)
    for key in ["normalize_before", "normalize_embedding", "add_final_layer_norm"] {
      try folder.settings.refuse(key, "which models of Marian do not have")
    }
    let parts = try MarianParts(folder)
    var notes = parts.notes
    let search = try folder.search(longest: parts.sizes.positions, notes: &notes)
    var task = JSONObject()
    task["sourceLang"] = folder.tokenizer.text("source_lang").map(JSONValue.string)
    task["targetLang"] = folder.tokenizer.text("target_lang").map(JSONValue.string)
    task["maxSourcePositions"] = .integer(parts.sizes.positions)
    task["maxTargetPositions"] = .integer(parts.sizes.positions)
    task["decoderStart"] = .string(parts.start)
    var header = CheckpointHeader(
      architecture: ComponentRecord(name: "transformer", settings: .object(parts.settings)),
      task: ComponentRecord(name: "translation", settings: .object(task)),
      description: TaskDescription(
        sourceSymbols: parts.source.vocabulary.count, targetSymbols: parts.target.vocabulary.count,
        sharesVocabulary: parts.source.vocabulary == parts.target.vocabulary,
        maximumSourcePositions: parts.sizes.positions,
        maximumTargetPositions: parts.sizes.positions))
    header.search = search
    var model = ImportedModel(
      header: header, assets: try assets(folder, parts), tensors: parts.tensors.derived,
      unused: parts.tensors.unused)
    model.kind = "model of Marian (OPUS-MT) in Hugging Face's form"
    model.ignored = parts.tensors.ignored
    model.notes = notes
    return model
  }

  private func assets(
    _ folder: HuggingFaceFolder, _ parts: MarianParts
  ) throws -> [String: [UInt8]] {
    var assets = [
      "dict.src": parts.source.vocabulary.serialized,
      "dict.tgt": parts.target.vocabulary.serialized,
      PieceMarks.asset: PieceMarks(
        symbols: folder.markedSymbols(usual: ["</s>", "<unk>", "<pad>"]), code: [">>", "<<"]
      ).serialized,
    ]
    let (source, target) = (
      try folder.contents(of: "source.spm"), try folder.contents(of: "target.spm")
    )
    if source == target {
      assets["spm.model"] = source
    } else {
      (assets["spm.src.model"], assets["spm.tgt.model"]) = (source, target)
    }
    return assets
  }
}

/// What such a folder holds, in Fairline's order of symbols.
private struct MarianParts {
  let sizes: BartSizes
  let source, target: ForeignVocabulary
  var tensors: PlacedTensors
  var settings: JSONObject
  var notes: [String] = []
  /// The symbol that the decoder starts from.
  let start: String

  init(_ folder: HuggingFaceFolder) throws {
    let config = folder.settings
    sizes = try BartSizes(config)
    tensors = PlacedTensors(layersOf: folder.tensors)
    settings = sizes.transformer
    let channels = sizes.channels.encoder
    let encoder = "model.encoder.embed_tokens.weight"
    let (shared, decoder) = ("model.shared.weight", "model.decoder.embed_tokens.weight")
    let isShared = try config.flag("share_encoder_decoder_embeddings", usual: true)
    let isTied = try config.flag("tie_word_embeddings", usual: true)
    // Copies of a shared table differ in a few files that were damaged: the shared one counts.
    let sources = isShared ? [shared, encoder, decoder] : [encoder]
    let targets = isShared ? [shared, encoder, decoder] : [decoder, "lm_head.weight"]
    let (from, to) = (
      try tensors.table(sources, columns: channels), try tensors.table(targets, columns: channels)
    )
    (source, target) = try Self.vocabularies(folder, rows: (from.rows, to.rows), isShared)
    tensors.add(table: "encoder.embed_tokens.weight", of: from.name, source)
    if !isShared || !isTied {
      tensors.add(table: "decoder.embed_tokens.weight", of: to.name, target)
    }
    if !isTied {
      let output = try tensors.table(["lm_head.weight"], columns: channels)
      tensors.add(table: "decoder.output_projection.weight", of: output.name, target)
    }
    settings["shareAllEmbeddings"] = .bool(isShared && isTied)
    settings["shareDecoderInputOutputEmbed"] = .bool(isTied)
    try tensors.add(bias: "decoder.output_projection.bias", of: "final_logits_bias", target)
    settings["outputBias"] = true
    settings["sinusoid"] = "vaswani"
    tensors.ignore([encoder, decoder, shared, "lm_head.weight"])
    let first = try config.number(
      "decoder_start_token_id", in: 0...(to.rows - 1), usual: target.specials.pad ?? 0)
    start = try Self.symbol(first, target, config.path)
    try addPositions(folder.tensors)
  }

  private static func symbol(
    _ number: Int, _ vocabulary: ForeignVocabulary, _ path: String
  ) throws -> String {
    guard let place = vocabulary.rows.firstIndex(of: Int32(number)) else {
      throw UserError("\(path): the decoder starts from \(number), which is no symbol")
    }
    return vocabulary.vocabulary.symbol(Int32(place))
  }

  /// Both vocabularies; ids of special symbols are the settings', `<unk>` and `<s>` are found by
  /// their texts.
  private static func vocabularies(
    _ folder: HuggingFaceFolder, rows: (source: Int, target: Int), _ isShared: Bool
  ) throws -> (ForeignVocabulary, ForeignVocabulary) {
    func vocabulary(_ name: String, _ rows: Int) throws -> ForeignVocabulary {
      let symbols = try folder.symbols(in: name, count: rows)
      let path = folder.candidate.file(name) ?? name
      let numbers = 0...max(rows - 1, 0)
      guard let unknown = symbols.firstIndex(of: Vocabulary.unkSymbol) else {
        throw UserError("\(path) has no symbol '<unk>': use another copy")
      }
      let end = try folder.settings.number("eos_token_id", in: numbers, usual: 0)
      let pad = try folder.settings.number("pad_token_id", in: numbers, usual: rows - 1)
      return try ForeignVocabulary(
        symbols,
        ForeignVocabulary.Specials(
          begin: symbols.firstIndex(of: "<s>"), pad: pad, end: end, unknown: unknown),
        path: path)
    }
    let source = try vocabulary("vocab.json", rows.source)
    let isSeparate = try folder.tokenizer.flag("separate_vocabs", usual: !isShared)
    let name = "target_vocab.json"
    guard isSeparate, !isShared || folder.candidate.file(name) != nil else {
      return (
        source, try rows.source == rows.target ? source : vocabulary("vocab.json", rows.target)
      )
    }
    return (source, try vocabulary(name, rows.target))
  }

  /// Tables of positions, which old files hold: left out where they are the computed ones.
  private mutating func addPositions(_ source: any TensorSource) throws {
    for side in ["encoder", "decoder"] {
      let name = "model.\(side).embed_positions.weight"
      guard let shape = source.shape(of: name) else { continue }
      let channels = sizes.channels.encoder
      guard shape.count == 2, shape[1] == channels, shape[0] >= sizes.positions else {
        throw UserError("\(source.path): '\(name)' has the shape \(shape): use another copy")
      }
      tensors.ignore([name])
      let table = try source.floats(name)
      let numbers = Array(table[0..<(sizes.positions * channels)])
      guard !Self.areComputed(numbers, channels: channels) else { continue }
      // Places are counted from 2.
      tensors.add(
        "\(side).embed_positions.weight", shape: [sizes.positions + 2, channels],
        [Float](repeating: 0, count: 2 * channels) + numbers)
      settings["\(side)LearnedPos"] = true
      notes.append("the \(side)'s positions are a table of the file's own")
    }
  }

  /// Whether a table holds the sines and cosines of the paper.
  private static func areComputed(_ table: [Float], channels: Int) -> Bool {
    let computed = SinusoidalTable(
      channels: channels, places: table.count / channels + 2, form: .vaswani
    ).values.scalars.dropFirst(2 * channels)
    return zip(table, computed).allSatisfy { abs($0 - $1) < 1e-5 }
  }
}

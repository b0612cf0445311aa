import Fairline
import FairlineData

/// A model of fairseq's translation (WMT 2019) in Hugging Face's form, `fsmt`: a vocabulary for
/// each side in `vocab-src.json` and `vocab-tgt.json`.
///
/// Its words are divided by byte-pair codes, which are not applied here: text has to be divided
/// already, with `@@ ` between the parts of a word, as fairseq has it.
struct FsmtFolder: Importer {
  func recognizes(_ candidate: ImportCandidate) -> Bool {
    HuggingFaceFolder.kind(of: candidate) == "fsmt"
  }

  func open(_ candidate: ImportCandidate) throws -> ImportedModel {
    let folder = try HuggingFaceFolder(candidate)
    let sizes = try BartSizes(folder.settings, activation: "relu", scales: true)
    var tensors = PlacedTensors(layersOf: folder.tensors)
    let (encoder, decoder) = ("encoder.embed_tokens.weight", "decoder.embed_tokens.weight")
    // The output's table is the decoder's.
    let output = "model.decoder.output_projection.weight"
    let channels = sizes.channels.encoder
    let from = try tensors.table(["model." + encoder], columns: channels)
    let to = try tensors.table(["model." + decoder, output], columns: channels)
    let source = try vocabulary("vocab-src.json", folder, rows: from.rows)
    let target = try vocabulary("vocab-tgt.json", folder, rows: to.rows)
    tensors.add(table: encoder, of: from.name, source)
    tensors.add(table: decoder, of: to.name, target)
    tensors.ignore([output])
    tensors.ignore(["encoder", "decoder"].map { "model.\($0).embed_positions.weight" })
    var settings = sizes.transformer
    settings["shareDecoderInputOutputEmbed"] = true
    var notes = [
      "text must be divided already: words into parts, with @@ at the end of each but the last"
    ]
    let search = try folder.search(longest: sizes.positions, notes: &notes)
    var task = JSONObject()
    let languages = folder.settings.json("langs")?.arrayValue?.compactMap(\.stringValue) ?? []
    if languages.count == 2 {
      task["sourceLang"] = .string(languages[0])
      task["targetLang"] = .string(languages[1])
    }
    task["maxSourcePositions"] = .integer(sizes.positions)
    task["maxTargetPositions"] = .integer(sizes.positions)
    var header = CheckpointHeader(
      architecture: ComponentRecord(name: "transformer", settings: .object(settings)),
      task: ComponentRecord(name: "translation", settings: .object(task)),
      description: TaskDescription(
        sourceSymbols: source.vocabulary.count, targetSymbols: target.vocabulary.count,
        sharesVocabulary: source.vocabulary == target.vocabulary,
        maximumSourcePositions: sizes.positions, maximumTargetPositions: sizes.positions))
    header.search = search
    var model = ImportedModel(
      header: header,
      assets: [
        "dict.src": source.vocabulary.serialized, "dict.tgt": target.vocabulary.serialized,
      ], tensors: tensors.derived, unused: tensors.unused)
    model.kind = "model of fairseq's translation (fsmt) in Hugging Face's form"
    model.ignored = tensors.ignored
    model.notes = notes
    return model
  }

  /// A side's symbols, written as fairseq writes them: `wo@@` inside a word, `word` at its end.
  private func vocabulary(
    _ name: String, _ folder: HuggingFaceFolder, rows: Int
  ) throws -> ForeignVocabulary {
    let specials = ForeignVocabulary.Specials(begin: 0, pad: 1, end: 2, unknown: 3)
    let symbols = try folder.symbols(in: name, count: rows)
    let end = "</w>"
    let own = symbols.enumerated().map { number, symbol in
      if number < 4 || symbol.hasPrefix("madeupword") { return symbol }
      return symbol.hasSuffix(end) ? String(symbol.dropLast(end.count)) : symbol + "@@"
    }
    return try ForeignVocabulary(
      own, specials, path: folder.candidate.file(name) ?? folder.candidate.folder)
  }
}

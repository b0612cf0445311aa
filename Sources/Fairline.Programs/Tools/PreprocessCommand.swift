public import Fairline
import FairlineData
import FairlineGeneration

/// What `fairline-preprocess` runs.
public enum PreprocessCommand {
  /// Preprocesses as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: tokenizers.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type] = [], program: String = "fairline-preprocess",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.runAlone(program) {
      let catalog = try Catalog.standard(with: plugins)
      let draft = Draft("Preprocessing", PreprocessSettings())
      let first = try CommandLineParser(program: program, drafts: [draft])
      _ = try first.parse(arguments, ignoringUnknown: true)
      let tokenizer = try selection(draft.value.bpe, catalog)
      let words = try draft.value.tokenizer.map { try catalog.wordTokenizers.select($0) }
      draft.value = PreprocessSettings()
      let parser = try CommandLineParser(
        program: program, summary: "Makes dictionaries and binary data files from text.",
        drafts: [draft] + [tokenizer?.draft, words?.draft].compactMap(\.self),
        elsewhere: { ProgramFlags.all })
      guard let parsed = try Program.read(arguments, with: parser) else { return }
      let divides = isUsed(tokenizer?.draft, draft.value.bpe, given: parsed.given)
      var preprocessor = Preprocessor(
        draft.value, tokenizer: divides ? try tokenizer?.build(TokenizerContext()) : nil,
        words: try words.map { words in
          try [
            words.build(WordTokenizerContext(.source, language: draft.value.sourceLang)),
            words.build(WordTokenizerContext(.target, language: draft.value.targetLang)),
          ]
        } ?? [],
        model: try draft.value.model.map { try text(of: $0, catalog) }
      ) { Program.note($0) }
      preprocessor.removesUnfinished = true
      _ = try preprocessor.run()
    }
  }

  /// Whether a tokenizer divides the text: one of fairseq's that is given no file leaves it as it
  /// is, as fairseq does, for text that was divided before.
  private static func isUsed(
    _ draft: (any AnyDraft)?, _ name: String?, given: Set<String>
  ) -> Bool {
    guard let draft, let name, PreprocessSettings.idleBPE.contains(name) else { return true }
    return draft.formats.isEmpty || draft.formats.contains { given.contains($0.names[0]) }
  }

  /// The dictionaries and tokenizers of a model.
  private static func text(of path: String, _ catalog: Catalog) throws -> ModelText {
    let file = try ModelFile.load(path, importers: catalog.importers)
    guard try !file.assets().isEmpty, let task = try file.makeTask(catalog) as? any GenerationTask
    else {
      throw UserError("--model \(path) carries no dictionaries: give --srcdict and --tgtdict")
    }
    let text = task.text
    return ModelText(
      source: ModelText.Side(text.source, text.sourceTokenizer),
      target: ModelText.Side(text.target, text.targetTokenizer))
  }

  /// The tokenizer of a name; nil for `sentencepiece`, which preprocessing can train itself, and
  /// for names that it judges itself.
  private static func selection(
    _ name: String?, _ catalog: Catalog
  ) throws -> Selection<TokenizerContext, any Tokenizer>? {
    guard let name, name != StandardTokenizers.sentencePiece, catalog.tokenizers.contains(name)
    else { return nil }
    return try catalog.tokenizers.select(name)
  }
}

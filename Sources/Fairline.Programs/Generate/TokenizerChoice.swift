import Fairline
import FairlineData

/// What `--bpe` and `--tokenizer` choose: tokenizers, or the one that the model or the data bring.
struct TokenizerChoice {
  private let isAsked: Bool
  private let selection: Selection<TokenizerContext, any Tokenizer>
  private let settings: Draft<SentencePieceSettings>?
  private let words: Selection<WordTokenizerContext, any Tokenizer>?

  init(_ output: OutputSettings, _ catalog: Catalog) throws {
    let name = output.bpe
    isAsked = name != nil
    if let name, PreprocessSettings.idleBPE.contains(name), !catalog.tokenizers.contains(name) {
      throw OptionError.refused(
        flag: "--bpe \(name)",
        remedy: "divide text before, and join it with --remove-bpe or another --post-process")
    }
    selection = try catalog.tokenizers.select(name ?? StandardTokenizers.sentencePiece)
    settings = selection.draft as? Draft<SentencePieceSettings>
    words = try output.tokenizer.map { try catalog.wordTokenizers.select($0) }
  }

  /// The settings of what was chosen.
  var drafts: [any AnyDraft] { [selection.draft] + [words?.draft].compactMap(\.self) }

  /// The tokenizer of one side; nil when none was asked for and the model has none.
  func tokenizer(own: (any Tokenizer)?) throws -> (any Tokenizer)? {
    guard isAsked || settings?.value.model != nil else { return own }
    return try selection.build(TokenizerContext(own: own))
  }

  /// The tokenizer of words of one side; nil when none was asked for.
  func words(
    _ side: WordTokenizerContext.Side, _ language: String?
  ) throws -> (any Tokenizer)? {
    try words?.build(WordTokenizerContext(side, language: language))
  }
}

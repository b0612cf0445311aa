public import Fairline
import FairlineData
import Foundation

/// The settings of `fairline-tokenize`.
struct TokenizeSettings: Configuration {
  var tokenizer: String?
  var bpe: String?
  var decode = false
  var input = "-"
  var workers = 0

  static var options: [Option<Self>] {
    [
      Option(
        "tokenizer", \.tokenizer, "tokenizer of words that lines pass first: moses, space",
        value: "NAME"),
      Option("bpe", \.bpe, "tokenizer that divides words: subword_nmt, ...", value: "NAME"),
      Option("decode", \.decode, "join divided lines instead of dividing lines"),
      Option("input", aliases: ["i"], \.input, "text file; - for the standard input"),
      Option("workers", \.workers, in: .from(0, to: 1024), "number of threads; 0 for one per core"),
    ]
  }
}

/// What `fairline-tokenize` runs.
public enum TokenizeCommand {
  private static let summary = "Divides lines of text, or joins them, as other programs do."

  /// Divides or joins lines as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: tokenizers.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type] = [], program: String = "fairline-tokenize",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.runAlone(program) {
      let catalog = try Catalog.standard(with: plugins)
      let draft = Draft("Text", TokenizeSettings())
      let first = try CommandLineParser(program: program, drafts: [draft])
      _ = try first.parse(arguments, ignoringUnknown: true)
      let words = try draft.value.tokenizer.map { try catalog.wordTokenizers.select($0) }
      let pieces = try draft.value.bpe.map { try catalog.tokenizers.select($0) }
      draft.value = TokenizeSettings()
      let parser = try CommandLineParser(
        program: program, summary: summary,
        drafts: [draft] + [words?.draft, pieces?.draft].compactMap(\.self),
        elsewhere: { ProgramFlags.all })
      guard try Program.read(arguments, with: parser) != nil else { return }
      guard words != nil || pieces != nil else {
        throw OptionError.invalid("give --tokenizer, --bpe or both")
      }
      let side: WordTokenizerContext.Side = draft.value.decode ? .target : .source
      try convert(
        draft.value, words: try words?.build(WordTokenizerContext(side, language: nil)),
        pieces: try pieces?.build(TokenizerContext()))
    }
  }

  private static func convert(
    _ settings: TokenizeSettings, words: (any Tokenizer)?, pieces: (any Tokenizer)?
  ) throws {
    let output = TextStream()
    let path = settings.input == "-" ? "/dev/stdin" : settings.input
    let isDecoding = settings.decode
    try OrderedBlocks.process(
      path,
      workers: settings.workers > 0
        ? settings.workers : ProcessInfo.processInfo.activeProcessorCount,
      work: { block in
        var lines = ""
        try block.forEachLine { bytes in
          var line = String(decoding: bytes, as: UTF8.self)
          for tokenizer in isDecoding ? [pieces, words] : [words, pieces] {
            guard let tokenizer else { continue }
            line = isDecoding ? tokenizer.text(of: line) : try tokenizer.units(of: line)
          }
          lines += line + "\n"
        }
        return lines
      }
    ) { try output.write($0) }
    try output.flush()
  }
}

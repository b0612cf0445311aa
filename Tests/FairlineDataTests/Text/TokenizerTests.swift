import Fairline
import FairlineData
import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

/// Tokenizers as values: what divides text in preprocessing, and what `--bpe` chooses.
@Suite struct TokenizerTests {
  /// Divides text into bytes, as numbers.
  private struct Bytes: Tokenizer {
    func units(of line: String) -> String {
      line.utf8.map { "\($0)" }.joined(separator: " ")
    }

    func text(of units: String) -> String {
      String(decoding: units.split(separator: " ").compactMap { UInt8($0) }, as: UTF8.self)
    }
  }

  @Test func preprocessingDividesText() throws {
    let folder = try TemporaryFolder()
    let lines = ["ab ä", "", "b"]
    try folder.write("train.de", lines.map { $0 + "\n" }.joined())
    var settings = PreprocessSettings()
    (settings.onlySource, settings.sourceLang) = (true, "de")
    settings.trainpref = folder("train")
    settings.destdir = folder("bin")
    settings.bpe = "bytes_of_mine"
    settings.paddingFactor = 1
    #expect(message { try Preprocessor(settings).run() }.contains("--bpe"))
    for workers in [1, 3] {
      settings.workers = workers
      settings.destdir = folder("bin\(workers)")
      let summary = try Preprocessor(settings, tokenizer: Bytes()).run()
      let units = Set(lines.joined().utf8.map { "\($0)" })
      #expect(summary.sourceDictionary.count == 4 + units.count)
      #expect(units.allSatisfy(summary.sourceDictionary.contains))
      #expect(summary.texts.map(\.tokens) == [lines.joined().utf8.count + 3])
    }
  }

  @Test func sentencePieceNeedsAModelForDividing() throws {
    let catalog = try Catalog([StandardTokenizers.self])
    let without = try catalog.tokenizers.select("sentencepiece").build(TokenizerContext())
    #expect(without.text(of: "\u{2581}a b \u{2581}c") == "ab c")
    #expect(message { _ = try without.units(of: "ab") }.contains("--sentencepiece-model"))
    let chosen = try catalog.tokenizers.select("sentencepiece")
    _ = try CommandLineParser(program: "p", drafts: [chosen.draft])
      .parse(["--sentencepiece-model", "/nowhere"])
    #expect(message { _ = try chosen.build(TokenizerContext()) }.contains("/nowhere"))
  }
}

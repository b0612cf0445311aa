import Fairline
import FairlineData
import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

/// Moses' tokenizer against sacremoses, line by line.
@Suite struct MosesTests {
  private static func tokenizer(
    _ side: WordTokenizerContext.Side, _ language: String?, _ flags: [String] = []
  ) throws -> any Tokenizer {
    let selection = try Catalog([StandardTokenizers.self]).wordTokenizers.select("moses")
    _ = try CommandLineParser(program: "p", drafts: [selection.draft]).parse(flags)
    return try selection.build(WordTokenizerContext(side, language: language))
  }

  @Test func linesAreDividedAndJoinedAsBySacremoses() throws {
    let folder = try #require(FixtureFolder.all("moses").first)
    let cases = try JSONDecoder().decode(
      [[String]].self, from: Data(contentsOf: folder.url.appendingPathComponent("cases.json")))
    #expect(cases.count > 700)
    #expect(Set(cases.map { $0[0] }).count > 25)
    for parts in cases {
      let (language, options, line, words) = (parts[0], parts[1], parts[2], parts[3])
      let flags =
        (options.contains("d") ? [] : ["--moses-no-dash-splits"])
        + (options.contains("e") ? [] : ["--moses-no-escape"])
      let source = try Self.tokenizer(.source, language, flags)
      let found = try source.units(of: line)
      #expect(Array(found.utf8) == Array(words.utf8), "\(language) \(options): \(line)")
      let text = try Self.tokenizer(.target, language).text(of: words)
      #expect(Array(text.utf8) == Array(parts[4].utf8), "\(language): \(words)")
    }
  }

  @Test func dashesOfCzechWordsAreJoined() throws {
    let czech = try Self.tokenizer(.target, "cs")
    #expect(czech.text(of: "má e' - mail zde") == "má e'-mail zde")
    #expect(czech.text(of: "je x' – LI on") == "je x'–LI on")
    #expect(czech.text(of: "je x' - to") == "je x' - to")
    #expect(czech.text(of: "je x' -") == "je x' -")
  }

  @Test func languagesComeFromFlagsOrTheData() throws {
    let line = "l'eau"
    func words(_ side: WordTokenizerContext.Side, _ language: String?, _ flags: [String]) throws
      -> String
    { try Self.tokenizer(side, language, ["--moses-no-escape"] + flags).units(of: line) }
    let flags = ["--moses-source-lang", "fr", "--moses-target-lang", "de"]
    #expect(try words(.source, nil, []) == "l 'eau")
    #expect(try words(.source, "fr", []) == "l' eau")
    #expect(try words(.source, "en", flags) == "l' eau")
    #expect(try words(.target, "en", flags) == "l ' eau")
    let space = try Catalog([StandardTokenizers.self]).wordTokenizers.select("space")
      .build(WordTokenizerContext(.source, language: nil))
    #expect(try space.units(of: "a \t b") == "a b")
    #expect(space.text(of: "a b") == "a b")
  }

  @Test(arguments: [1, 3])
  func preprocessingDividesWordsFirst(_ workers: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write("train.en", "It's here.\nNo-one, really\n")
    try folder.write("train.fr", "C'est ici.\nl'un\n")
    try folder.write("codes", "#version: 0.2\nh e\nr e</w>\n")
    let pieces = try Catalog([StandardTokenizers.self]).tokenizers.select("subword_nmt")
    _ = try CommandLineParser(program: "p", drafts: [pieces.draft])
      .parse(["--bpe-codes", folder("codes")])
    var settings = PreprocessSettings()
    (settings.sourceLang, settings.targetLang, settings.trainpref) = ("en", "fr", folder("train"))
    (settings.destdir, settings.workers, settings.datasetImpl) = (folder("bin"), workers, .raw)
    let words = [try Self.tokenizer(.source, "en"), try Self.tokenizer(.target, "fr")]
    _ = try Preprocessor(settings, words: words).run()
    let written = { try TextFile(folder("bin/train.en-fr." + $0)).lines() }
    #expect(try written("en") == ["It &apos;s here .", "No @-@ one , really"])
    #expect(try written("fr") == ["C&apos; est ici .", "l&apos; un"])
    settings.destdir = folder("pieces")
    _ = try Preprocessor(
      settings, tokenizer: pieces.build(TokenizerContext()), words: words
    ).run()
    let divided = try TextFile(folder("pieces/train.en-fr.en")).lines()
    #expect(divided[0].hasSuffix("he@@ re ."))
    #expect(divided[0].hasPrefix("I@@ t &@@ a@@ p@@ o@@ s@@ ;@@ s "))
    // Nothing is left beside the data.
    let left = try FileManager.default.contentsOfDirectory(atPath: folder("pieces"))
    #expect(!left.contains { $0.hasSuffix(".tmp") } && left.contains("dict.en.txt"))
  }

  @Test func piecesAreLearntFromWords() throws {
    let folder = try TemporaryFolder()
    let lines = (0..<40).map { "he isn't at no-one's place, number \($0 % 7)\n" }.joined()
    try folder.write("train.en", lines)
    try folder.write("train.de", lines)
    var settings = PreprocessSettings()
    (settings.sourceLang, settings.targetLang, settings.trainpref) = ("en", "de", folder("train"))
    (settings.destdir, settings.bpe, settings.joinedDictionary) = (
      folder("bin"), "sentencepiece", true
    )
    settings.sentencepieceVocabSize = 60
    let words = [try Self.tokenizer(.source, "en"), try Self.tokenizer(.target, "de")]
    _ = try Preprocessor(settings, words: words).run()
    let model = try SentencePieceModel(contentsOf: folder("bin/sentencepiece.bpe.model"))
    // The entity of the apostrophe and the mark of dashes are in the words.
    let known = try model.encode("@-@ &apos;").joined()
    #expect(known == "\u{2581}@-@\u{2581}&apos;")
    #expect(try Vocabulary(contentsOf: folder("bin/dict.en.txt")).count > 20)
  }
}

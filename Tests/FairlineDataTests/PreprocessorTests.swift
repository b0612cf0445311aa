import FairlineFoundation
import FairlineData
import FairlineTesting
import Foundation
import Testing

@Suite struct PreprocessorTests {
  /// A folder with train, valid, valid1 and test texts of two languages.
  static func corpus(lines: Int = 300) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for (number, name) in ["train", "valid", "more", "test"].enumerated() {
      let count = number == 0 ? lines : 20
      try folder.write("\(name).de", MadeText.text(count, seed: UInt64(10 + number)))
      try folder.write("\(name).en", MadeText.text(count, seed: UInt64(20 + number)))
    }
    return folder
  }

  static func settings(_ folder: TemporaryFolder, _ output: String) -> PreprocessSettings {
    var settings = PreprocessSettings()
    settings.sourceLang = "de"
    settings.targetLang = "en"
    settings.trainpref = folder("train")
    settings.validpref = folder("valid") + "," + folder("more")
    settings.testpref = folder("test")
    settings.destdir = folder(output)
    settings.workers = 1
    return settings
  }

  static func files(_ path: String) throws -> [String: [UInt8]] {
    let names = try FileManager.default.contentsOfDirectory(atPath: path)
    return try Dictionary(
      uniqueKeysWithValues: names.filter { $0 != "preprocess.log" }.map {
        ($0, Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + $0))))
      })
  }

  @Test func filesAndLogAreFairseqs() throws {
    let folder = try Self.corpus()
    var log: [String] = []
    try Preprocessor(Self.settings(folder, "bin")) { log.append($0) }.run()
    let datasets = ["train", "valid", "valid1", "test"].flatMap { split in
      ["de", "en"].flatMap { lang in
        ["bin", "idx", "json"].map { "\(split).de-en.\(lang).\($0)" }
      }
    }
    #expect(
      try Self.files(folder("bin")).keys.sorted()
        == (datasets + ["dict.de.txt", "dict.en.txt"]).sorted())
    let types = try Vocabulary(contentsOf: folder("bin/dict.de.txt")).count
    #expect(log[0] == "[de] Dictionary: \(types) types")
    let tokens = MadeText.lines(300, seed: 10).reduce(300) {
      $0 + $1.split(separator: " ").count
    }
    let line = "300 sents, \(tokens) tokens, 0.0% replaced (by <unk>)"
    #expect(log[1] == "[de] \(folder("train.de")): \(line)")
    #expect(log.count == 17)
    #expect(log[16] == "Wrote preprocessed data to \(folder("bin"))")
    #expect(
      String(decoding: try folder.bytes("bin/preprocess.log"), as: UTF8.self)
        == log.map { $0 + "\n" }.joined())
  }

  @Test(arguments: [false, true], [DatasetKind.mmap, .raw])
  func workersDoNotMatter(_ joined: Bool, _ kind: DatasetKind) throws {
    let folder = try Self.corpus(lines: 30_000)
    var results: [[String: [UInt8]]] = []
    for workers in [1, 3, 8, 0] {
      var settings = Self.settings(folder, "bin\(workers)")
      settings.workers = workers
      settings.joinedDictionary = joined
      settings.datasetImpl = kind
      settings.thresholdsrc = 2
      try Preprocessor(settings).run()
      results.append(try Self.files(settings.destdir))
    }
    #expect(results[0].count > 8)
    #expect(results.dropFirst().allSatisfy { $0 == results[0] })
  }

  @Test func replacedWordsAreCounted() throws {
    let folder = try TemporaryFolder()
    try folder.write("train.de", "a a a b\na c <unk>\n")
    try folder.write("dict", "a 5\n")
    var settings = PreprocessSettings()
    settings.sourceLang = "de"
    settings.onlySource = true
    settings.trainpref = folder("train")
    settings.destdir = folder("bin")
    settings.srcdict = folder("dict")
    var log: [String] = []
    let summary = try Preprocessor(settings) { log.append($0) }.run()
    #expect(log[1].hasSuffix("2 sents, 9 tokens, 22.2% replaced (by <unk>)"))
    #expect(summary.texts[0].replaced == 2 && summary.targetDictionary == nil)
    #expect(try Self.files(folder("bin")).keys.contains("train.de-None.de.bin"))
    settings.sourceLang = nil
    settings.trainpref = folder("train.de")
    settings.destdir = folder("lm")
    try Preprocessor(settings).run()
    let names = try Self.files(folder("lm")).keys.sorted()
    #expect(names == ["dict.txt", "train.bin", "train.idx", "train.json"])
  }

  @Test func emptyLinesAndFilesAreSentencesToo() throws {
    let folder = try TemporaryFolder()
    try folder.write("train.de", "a\r\n\r\n b \r\n")
    try folder.write("train.en", "x\n\n\n")
    try folder.write("valid.de", "")
    try folder.write("valid.en", "")
    var settings = Self.settings(folder, "bin")
    settings.validpref = folder("valid")
    settings.testpref = nil
    var log: [String] = []
    try Preprocessor(settings) { log.append($0) }.run()
    let data = try IndexedDataset(prefix: folder("bin/train.de-en.de"))
    #expect((0..<3).map { data[$0] } == [[4, 2], [2], [5, 2]])
    #expect(try IndexedDataset(prefix: folder("bin/valid.de-en.en")).count == 0)
    #expect(log.contains { $0.contains("0 sents, 0 tokens, 0.0%") })
  }

  @Test func existingDictionariesAreKept() throws {
    let folder = try Self.corpus()
    let settings = Self.settings(folder, "bin")
    try Preprocessor(settings).run()
    let before = try Self.files(folder("bin"))
    #expect(message { try Preprocessor(settings).run() }.contains("bin/dict.de.txt' exists"))
    #expect(try Self.files(folder("bin")) == before)
    var reuse = settings
    reuse.srcdict = folder("bin/dict.de.txt")
    reuse.tgtdict = folder("bin/dict.en.txt")
    try Preprocessor(reuse).run()
    #expect(try Self.files(folder("bin")) == before)
  }

  @Test func linesMustAgree() throws {
    let folder = try Self.corpus()
    try folder.write("more.en", "one\ntwo\n")
    let error = message { try Preprocessor(Self.settings(folder, "bin")).run() }
    #expect(error.contains("more.de' has 20 lines") && error.contains("more.en' has 2"))
    #expect(try !folder.names.contains("bin"))
  }

  @Test(arguments: [1, 4])
  func invalidUTF8NamesTheLine(_ workers: Int) throws {
    let folder = try Self.corpus(lines: 20_000)
    var lines = try TextFile(folder("train.en")).lines().map { Array($0.utf8) }
    lines[17_000] = [0x61, 0xC3, 0x28]
    lines[19_000] = [0xFF]
    try folder.write("train.en", Array(lines.joined(separator: [0x0A])))
    var settings = Self.settings(folder, "bin")
    settings.workers = workers
    let error = message { try Preprocessor(settings).run() }
    #expect(error.hasPrefix(folder("train.en") + ":17001: "))
    #expect(try !folder.names.contains("bin"))
    try folder.write("train.en", MadeText.text(20_000, seed: 3))
    try folder.write("test.en", [0xFF])
    try folder.write("test.de", "a")
    #expect(message { try Preprocessor(settings).run() }.hasPrefix(folder("test.en") + ":1: "))
    try folder.write("test.en", "a")
    try Preprocessor(settings).run()
  }

  @Test func wrongSettingsNameTheFlag() throws {
    let folder = try Self.corpus()
    let changes: [(String, (inout PreprocessSettings) -> Void)] = [
      ("--target-lang", { $0.targetLang = nil }), ("--trainpref", { $0.trainpref = nil }),
      ("--bpe", { $0.bpe = "sentencepeace" }), ("--dataset-impl", { $0.datasetImpl = .cached }),
      ("--workers", { $0.workers = -1 }), ("--source-lang", { $0.targetLang = "de" }),
      ("nope.de", { $0.testpref = folder("nope") }),
      ("--sentencepiece-model", { $0.sentencepieceModel = "x" }),
      (
        "--joined-dictionary",
        {
          $0.joinedDictionary = true
          $0.srcdict = "a"
          $0.tgtdict = "b"
        }
      ),
    ]
    for (flag, change) in changes {
      var settings = Self.settings(folder, "bin")
      change(&settings)
      #expect(message { try Preprocessor(settings).run() }.contains(flag))
    }
  }

  @Test func dictionariesOnly() throws {
    let folder = try Self.corpus()
    var settings = Self.settings(folder, "bin")
    settings.dictOnly = true
    settings.joinedDictionary = true
    settings.thresholdtgt = 3
    var log: [String] = []
    let summary = try Preprocessor(settings) { log.append($0) }.run()
    let files = try Self.files(folder("bin"))
    #expect(files.keys.sorted() == ["dict.de.txt", "dict.en.txt"])
    #expect(files["dict.de.txt"] == files["dict.en.txt"])
    #expect(summary.sourceDictionary == summary.targetDictionary)
    #expect(log.count == 1 && log[0].contains("--thresholdtgt"))
  }

  @Test func alignmentsAreBinarisedAndCounted() throws {
    let folder = try TemporaryFolder()
    try folder.write("train.de", "das Haus\ndas Auto\nhaus\n")
    try folder.write("train.en", "the house\nthe car\nhouse\n")
    try folder.write("train.align", "0-0 1-1\n0-1 0-0 1-1\n\n")
    var settings = Self.settings(folder, "bin")
    (settings.validpref, settings.testpref) = (nil, nil)
    settings.alignSuffix = "align"
    settings.alignfile = folder("train.align")
    var log: [String] = []
    try Preprocessor(settings) { log.append($0) }.run()
    let data = try IndexedDataset(prefix: folder("bin/train.align.de-en"))
    #expect(data.elementType == .uint32)
    #expect((0..<3).map { data[$0] } == [[0, 0, 1, 1], [0, 1, 0, 0, 1, 1], []])
    #expect(log.contains { $0.hasSuffix("parsed 3 alignments") })
    let table = String(decoding: try folder.bytes("bin/alignment.de-en.txt"), as: UTF8.self)
    #expect(table == "das the\nHaus house\nAuto car\n")
    try folder.write("train.align", "0-0\n7-0\n\n")
    settings.destdir = folder("bin2")
    #expect(message { try Preprocessor(settings).run() }.contains("train.align:2"))
    try folder.write("train.align", "0-0\n0:1\n\n")
    settings.destdir = folder("bin3")
    #expect(message { try Preprocessor(settings).run() }.contains("train.align:2"))
  }

  /// Alignments of other sentences are refused, whichever flag names them.
  @Test func alignmentsFitTheirSentences() throws {
    let folder = try TemporaryFolder()
    try folder.write("train.de", "das Haus\ndas Auto\nhaus\n")
    try folder.write("train.en", "the house\nthe car\nhouse\n")
    let wrong = [
      ("0-0\n", "has 1 alignments for 3 sentences"), ("", "has 0 alignments for 3 sentences"),
      ("\n\n\n0-0\n", "train.align:4: there are more alignments than the 3 sentences"),
      ("0-0\n\n0-9\n", "train.align:3: the alignment 0-9 points behind its sentence"),
      ("9-0\n\n\n", "train.align:1: the alignment 9-0 points behind its sentence"),
    ]
    for (text, part) in wrong {
      try folder.write("train.align", text)
      for isDictionary in [false, true] {
        var settings = Self.settings(folder, "bin")
        (settings.validpref, settings.testpref) = (nil, nil)
        settings.alignSuffix = isDictionary ? nil : "align"
        settings.alignfile = isDictionary ? folder("train.align") : nil
        let sentence = message { try Preprocessor(settings).run() }
        #expect(sentence.contains(part), "\(text): \(sentence)")
        #expect(try !folder.names.contains("bin"))
      }
    }
  }

  @Test func settingsAreCodable() throws {
    let folder = try TemporaryFolder()
    var settings = Self.settings(folder, "bin")
    settings.sentencepieceType = .unigram
    let json = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(PreprocessSettings.self, from: json) == settings)
  }
}

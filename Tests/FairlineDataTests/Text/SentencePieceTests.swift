import FairlineFoundation
import FairlineData
import FairlineTesting
import Foundation
import Testing

@Suite struct SentencePieceTests {
  /// Folders with a model and sentences that it divided.
  static let golden = FixtureFolder.roots().flatMap(\.folders).filter { $0.contains("spm.model") }

  @Test func thereIsAModel() { #expect(!Self.golden.isEmpty) }

  @Test(arguments: golden) func piecesAndIdsAreTheFixtures(_ folder: URL) throws {
    let model = try SentencePieceModel(contentsOf: folder.appendingPathComponent("spm.model").path)
    let vocabulary = try Vocabulary(contentsOf: folder.appendingPathComponent("dict.txt").path)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    var compared = 0
    for file in files where file.hasPrefix("expected") && file.hasSuffix(".json") {
      let json = try Fixtures.json(folder.appendingPathComponent(file))
      for case let items as [[String: Any]] in json.values {
        for item in items {
          guard let source = item["source"] as? String else { continue }
          let pieces = try model.encode(source)
          let golden = item["pieces"]
          #expect(
            golden as? [String] == pieces
              || golden as? String == pieces.joined(separator: " "))
          let ids = vocabulary.encode(pieces.joined(separator: " "))
          #expect(ids.map { Int($0) } == item["src_ids"] as? [Int])
          #expect(try model.decode(pieces) == source)
          compared += 1
        }
      }
    }
    #expect(compared > 0)
  }

  static func model(_ kind: SentencePieceTraining.Kind) throws -> SentencePieceModel {
    let folder = try TemporaryFolder()
    let path = try folder.write("text", MadeText.text(400, seed: 5))
    return try SentencePieceModel.train(
      on: [path], SentencePieceTraining(vocabularySize: 45, kind: kind))
  }

  @Test(arguments: SentencePieceTraining.Kind.allCases)
  func textSurvivesTheRoundTrip(_ kind: SentencePieceTraining.Kind) throws {
    let model = try Self.model(kind)
    #expect(model.pieceCount == 45)
    for line in MadeText.lines(100, seed: 6) {
      let pieces = try model.encode(line)
      #expect(try model.decode(pieces) == line)
      #expect(model.text(of: (["▁"] + pieces + ["▁", "▁"]).joined(separator: " ")) == line)
      let ids = try model.encodeIds(line)
      #expect(ids.map { model.piece($0) } == pieces)
      #expect(pieces.map { model.id(of: $0) } == ids)
      #expect(try model.decode(ids: ids) == line)
      #expect(
        PostProcessing.sentencepiece.apply(to: pieces.joined(separator: " ")) == line)
    }
    #expect(try model.encode("") == [])
    #expect(try model.decode([String]()) == "")
    #expect(try model.decode(ids: []) == "")
  }

  @Test func unknownTextKeepsItsSurface() throws {
    let model = try Self.model(.bpe)
    let pieces = try model.encode("dog ☃")
    #expect(pieces.last == "☃")
    #expect(try model.encodeIds("dog ☃").last == model.unknownId)
    #expect(model.id(of: "☃") == model.unknownId && !model.isOrdinary(model.unknownId))
    #expect(model.isOrdinary(model.id(of: "\u{2581}")))
  }

  @Test(arguments: SentencePieceTraining.Kind.allCases)
  func trainingIsDeterministic(_ kind: SentencePieceTraining.Kind) throws {
    #expect(try Self.model(kind).serialized == Self.model(kind).serialized)
  }

  @Test func modelsAreSavedAndLoaded() throws {
    let folder = try TemporaryFolder()
    let model = try Self.model(.unigram)
    try model.save(to: folder("m.model"))
    let loaded = try SentencePieceModel(contentsOf: folder("m.model"))
    let line = MadeText.lines(5, seed: 9)[3]
    #expect(try loaded.encode(line) == model.encode(line))
  }

  @Test func damagedModelsAreErrors() throws {
    let folder = try TemporaryFolder()
    let bytes = try Self.model(.bpe).serialized
    var damaged = [[], Array("no model".utf8), Array(repeating: UInt8(0xFF), count: 100)]
    for cut in stride(from: 1, to: bytes.count, by: max(1, bytes.count / 40)) {
      damaged.append(Array(bytes[..<cut]))
    }
    for bytes in damaged {
      let path = try folder.write("m.model", bytes)
      do {
        _ = try SentencePieceModel(contentsOf: path).encode("the dog")
      } catch {
        #expect("\(error)".contains("m.model"))
      }
    }
    let text = try folder.write("m.model", "no model")
    let error = message { _ = try SentencePieceModel(contentsOf: text) }
    #expect(error.contains("m.model' is not a SentencePiece model"))
    #expect(message { _ = try SentencePieceModel(contentsOf: folder("x")) }.contains("x"))
  }

  @Test func impossibleSizesNameTheFlag() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("text", MadeText.text(50, seed: 5))
    for size in [5, 100_000, -3] {
      let error = message {
        _ = try SentencePieceModel.train(on: [path], SentencePieceTraining(vocabularySize: size))
      }
      #expect(error.contains("--sentencepiece-vocab-size (\(size))") && error.contains(path))
    }
    let empty = try folder.write("empty", "\n\n")
    #expect(message { _ = try SentencePieceModel.train(on: [empty]) }.contains("empty"))
    let invalid = try folder.write("invalid", [0x61, 0x0A, 0xFF, 0x0A])
    #expect(
      message { _ = try SentencePieceModel.train(on: [invalid]) }.hasPrefix(invalid + ":2: "))
  }

  /// The library leaves such lines out without a word.
  @Test func linesThatAreNotLearntFromAreTold() throws {
    let folder = try TemporaryFolder()
    let text = MadeText.text(200, seed: 5)
    let long = String(repeating: "quick ", count: 1000)
    let mixed = try folder.write("mixed", text + "\(long)\n\(long)\nthe \u{2585} dog\n")
    var notes: [String] = []
    let training = SentencePieceTraining(vocabularySize: 45)
    let model = try SentencePieceModel.train(on: [mixed], training) { notes.append($0) }
    let all = 3 + text.split(separator: "\n").count
    #expect(notes.count == 1, "\(notes)")
    #expect(notes[0].contains("2 lines of more than 4192 bytes"), "\(notes)")
    #expect(notes[0].contains("--sentencepiece-max-sentence-length"), "\(notes)")
    #expect(
      notes[0].contains("1 lines with U+2585") && notes[0].hasSuffix(", of \(all)"), "\(notes)")
    let plain = try folder.write("plain", text)
    #expect(
      try SentencePieceModel.train(on: [plain], training) { Issue.record("\($0)") }.serialized
        == model.serialized)
    let longs = try folder.write("long", "\(long)\n\(long)\n")
    let error = message { _ = try SentencePieceModel.train(on: [longs], training) }
    #expect(error.contains("without 2 lines of more than 4192 bytes") && error.contains(longs))
    let longer = SentencePieceTraining(vocabularySize: 14, longestLine: 10_000)
    let learnt = try SentencePieceModel.train(on: [longs], longer) { Issue.record("\($0)") }
    #expect(try learnt.encode("quick") == ["\u{2581}quick"])
  }

  @Test func threadsShareAModel() async throws {
    let model = try Self.model(.bpe)
    let lines = MadeText.lines(200, seed: 8)
    let expected = try lines.map { try model.encode($0) }
    try await withThrowingTaskGroup(of: [[String]].self) { group in
      for _ in 0..<4 { group.addTask { try lines.map { try model.encode($0) } } }
      for try await pieces in group { #expect(pieces == expected) }
    }
  }

  static func settings(_ folder: TemporaryFolder, _ output: String) -> PreprocessSettings {
    var settings = PreprocessorTests.settings(folder, output)
    settings.bpe = "sentencepiece"
    settings.sentencepieceVocabSize = 45
    return settings
  }

  @Test(arguments: [false, true], SentencePieceTraining.Kind.allCases)
  func preprocessingEqualsTextDividedBeforehand(
    _ joined: Bool, _ kind: SentencePieceTraining.Kind
  ) throws {
    let folder = try PreprocessorTests.corpus()
    var settings = Self.settings(folder, "raw")
    settings.joinedDictionary = joined
    settings.sentencepieceType = kind
    settings.workers = 3
    try Preprocessor(settings).run()
    var files = try PreprocessorTests.files(folder("raw"))

    for language in ["de", "en"] {
      let name = joined ? "sentencepiece.bpe.model" : "sentencepiece.bpe.\(language).model"
      #expect(files.removeValue(forKey: name) != nil || (joined && language == "en"))
      let model = try SentencePieceModel(contentsOf: folder("raw/" + name))
      for text in ["train", "valid", "more", "test"] {
        let lines = try TextFile(folder("\(text).\(language)")).lines().map {
          try model.encode($0).joined(separator: " ") + "\n"
        }
        try folder.write("spm.\(text).\(language)", lines.joined())
      }
    }
    var divided = settings
    divided.bpe = nil
    divided.trainpref = folder("spm.train")
    divided.validpref = folder("spm.valid") + "," + folder("spm.more")
    divided.testpref = folder("spm.test")
    divided.destdir = folder("divided")
    try Preprocessor(divided).run()
    // Records name the model of pieces, which text divided beforehand does not have.
    let others = try PreprocessorTests.files(folder("divided")).filter {
      !$0.key.hasSuffix(".json")
    }
    #expect(others == files.filter { !$0.key.hasSuffix(".json") } && !others.isEmpty)
  }

  /// Lines with odd spaces, controls, combining marks and characters the model does not know; the
  /// model `bytes` changes no character before it divides.
  @Test(arguments: ["bpe", "unigram", "bytes"])
  func oddTextIsDividedAsWholeLines(_ name: String) throws {
    let model =
      try SentencePieceTraining.Kind(rawValue: name).map(Self.model)
      ?? SentencePieceModel(
        contentsOf: #require(FixtureFolder.all("pieces").first).url
          .appendingPathComponent("bytes.model").path)
    let odd: [String] = [
      " ", "  ", "\t", "\u{A0}", "\u{3000}", "\u{200B}", "\u{FEFF}", "\u{301}", "\u{308}", "\u{A8}",
      "\u{2581}", "\u{1}", "\u{7F}", "☃", "☃☃", "ﬁ", "ａ", "①", "<unk>", "<s>", "\u{AD}", "가",
      "\u{1F600}",
      "e\u{301}", "\u{85}", "\u{2028}", "\0",
    ]
    var numbers = Numbers(77)
    let lines = (0..<4000).map { _ in
      (0..<numbers.next(below: 12)).map { _ in
        let words = numbers.next(below: 2) == 0 ? odd : MadeText.words
        return words[numbers.next(below: words.count)]
          + (numbers.next(below: 2) == 0 ? " " : "")
      }.joined()
    }
    let folder = try TemporaryFolder()
    try model.save(to: folder("given.model"))
    // A byte-order mark at the very beginning would be left out.
    #expect(lines[0].unicodeScalars.first != "\u{FEFF}")
    try folder.write("train.de", lines.map { $0 + "\n" }.joined())
    var settings = Self.settings(folder, "bin")
    settings.sentencepieceModel = folder("given.model")
    settings.onlySource = true
    settings.datasetImpl = .raw
    (settings.validpref, settings.testpref) = (nil, nil)
    try Preprocessor(settings).run()
    let expected = try lines.map { try model.encode($0).joined(separator: " ") }
    #expect(try TextFile(folder("bin/train.de-en.de")).lines() == expected)
  }

  @Test func aGivenModelIsUsedAndKept() throws {
    let folder = try PreprocessorTests.corpus()
    try Self.model(.bpe).save(to: folder("given.model"))
    var settings = Self.settings(folder, "bin")
    settings.sentencepieceModel = folder("given.model")
    settings.validpref = folder("train")
    try Preprocessor(settings).run()
    let files = try PreprocessorTests.files(folder("bin"))
    #expect(try files["sentencepiece.bpe.model"] == folder.bytes("given.model"))
    #expect(files["train.de-en.de.bin"] == files["valid.de-en.de.bin"])
    #expect(files["train.de-en.de.bin"] != nil)
  }
}

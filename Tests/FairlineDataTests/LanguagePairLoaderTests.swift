import FairlineFoundation
import FairlineData
import FairlineTesting
import Foundation
import Testing

@Suite struct LanguagePairLoaderTests {
  /// Preprocessed data in `bin`, and a loader for it.
  static func data(_ kind: DatasetKind = .mmap) throws -> (TemporaryFolder, LanguagePairLoader) {
    let folder = try PreprocessorTests.corpus()
    var settings = PreprocessorTests.settings(folder, "bin")
    settings.datasetImpl = kind
    try Preprocessor(settings).run()
    return (folder, try loader(folder("bin")))
  }

  static func loader(_ path: String, source: String? = nil, target: String? = nil) throws
    -> LanguagePairLoader
  {
    let directory = try DataDirectory(path)
    let languages = try directory.languages(source: source, target: target)
    return LanguagePairLoader(
      languages: languages, source: try directory.dictionary(languages.source),
      target: try directory.dictionary(languages.target))
  }

  @Test(arguments: [DatasetKind.mmap, .raw])
  func pairsAreTheTextsLines(_ kind: DatasetKind) throws {
    let (folder, loader) = try Self.data(kind)
    #expect(loader.languages == DataDirectory.Languages(source: "de", target: "en"))
    let data = try loader.load("valid", in: folder("bin"), combine: true)
    let lines = try ["valid.de", "more.de"].flatMap { try TextFile(folder($0)).lines() }
    #expect(data.count == 40)
    for index in 0..<40 {
      #expect(loader.sourceVocabulary.decode(data.sources[index]) == lines[index])
      #expect(data.length(of: index) >= Int(data.sourceLengths[index]))
      #expect(Int(data.sourceLengths[index]) == data.sources[index].count)
    }
    #expect(try loader.load("valid", in: folder("bin")).count == 20)
    #expect(try loader.load("valid1", in: folder("bin")).count == 20)
    #expect(loader.contains("valid1", in: folder("bin")))
    #expect(!loader.contains("valid2", in: folder("bin")))
  }

  @Test func bothDirectionsAreFound() throws {
    let (folder, forward) = try Self.data()
    let backward = try Self.loader(folder("bin"), source: "en")
    #expect(backward.languages == DataDirectory.Languages(source: "en", target: "de"))
    let (a, b) = try (
      forward.load("test", in: folder("bin")), backward.load("test", in: folder("bin"))
    )
    #expect(a.sourceLengths == b.targetLengths)
    #expect((0..<a.count).allSatisfy { a.sources[$0] == b.targets?[$0] })
    let other = try DataDirectory(folder("bin")).languages(source: nil, target: "de")
    #expect(other.source == "en")
  }

  @Test func anotherDictionaryIsAnError() throws {
    let (folder, loader) = try Self.data()
    var wrong = loader
    wrong.sourceVocabulary.add("surplus")
    let error = message { _ = try wrong.load("test", in: folder("bin")) }
    #expect(error.contains("another dictionary") && error.contains("test.de-en.de.bin"))
    try FileManager.default.removeItem(atPath: folder("bin/test.de-en.de.json"))
    #expect(try wrong.load("test", in: folder("bin")).count == 20)
    var small = loader
    small.sourceVocabulary = Vocabulary()
    #expect(message { _ = try small.load("test", in: folder("bin")) }.contains("only 4 symbols"))
    try folder.write("bin/test.de-en.en.json", "{")
    #expect(
      message { _ = try loader.load("test", in: folder("bin")) }.contains("test.de-en.en.json"))
  }

  @Test func missingAndUnequalDataAreErrors() throws {
    var (folder, loader) = try Self.data()
    loader.verifies = false
    #expect(message { _ = try loader.load("dev", in: folder("bin")) }.contains("dev.de-en.de"))
    for ending in ["bin", "idx", "json"] {
      let train = try folder.bytes("bin/train.de-en.en.\(ending)")
      try folder.write("bin/test.de-en.en.\(ending)", train)
    }
    let error = message { _ = try loader.load("test", in: folder("bin")) }
    #expect(error.contains("20 sentences") && error.contains("300"))
    try FileManager.default.removeItem(atPath: folder("bin/valid.de-en.en.idx"))
    #expect(message { _ = try loader.load("valid", in: folder("bin")) }.contains("valid.de-en.en"))
  }

  @Test func languagesMustBeTold() throws {
    let folder = try TemporaryFolder()
    try folder.write("train.bin", "")
    try folder.write("sentencepiece.bpe.model", "")
    let directory = try DataDirectory(folder.path)
    #expect(
      message { _ = try directory.languages(source: nil, target: nil) }.contains("--source-lang"))
    let given = try directory.languages(source: "a", target: "b")
    #expect(given == DataDirectory.Languages(source: "a", target: "b"))
    #expect(message { _ = try DataDirectory("") }.contains("data folder"))
    let nowhere = try DataDirectory("/nowhere")
    #expect(message { _ = try nowhere.languages(source: nil, target: nil) }.contains("/nowhere"))
  }

  @Test func shardsFollowTheEpoch() throws {
    let directory = try DataDirectory("a:b:c")
    #expect((1...5).map { directory.shard(epoch: $0) } == ["a", "b", "c", "a", "b"])
    #expect(directory.dictionaryPath("de") == "a/dict.de.txt")
    #expect(directory.dictionaryPath(nil) == "a/dict.txt")
  }

  @Test func sourcesAreTruncatedBeforeTheirEnd() throws {
    let (folder, loader) = try Self.data()
    var cut = loader
    cut.truncateSource = 4
    let (whole, short) = try (
      loader.load("train", in: folder("bin")), cut.load("train", in: folder("bin"))
    )
    for index in 0..<whole.count {
      let ids = whole.sources[index]
      let expected = ids.count <= 4 ? ids : Array(ids.prefix(3)) + [Vocabulary.eos]
      #expect(short.sources[index] == expected)
      #expect(Int(short.sourceLengths[index]) == expected.count)
    }
  }

  @Test func thePrimaryFileCanBeRepeated() throws {
    let (folder, loader) = try Self.data()
    var upsampled = loader
    upsampled.upsamplePrimary = 3
    let data = try upsampled.load("valid", in: folder("bin"), combine: true)
    #expect(data.count == 80)
    let plain = try loader.load("valid", in: folder("bin"), combine: true)
    #expect(data.sources[45] == plain.sources[5] && data.sources[61] == plain.sources[21])
  }
}

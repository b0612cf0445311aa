import FairlineData
import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

/// What a data folder promises: it is replaced whole or not at all, and damage is noticed.
@Suite struct DataIntegrityTests {
  static func load(
    _ folder: TemporaryFolder, verifies: Bool = true, note: @escaping @Sendable (String) -> Void
  ) throws -> LanguagePairDataset {
    var loader = try LanguagePairLoaderTests.loader(folder("bin"))
    loader.verifies = verifies
    loader.note = note
    return try loader.load("train", in: folder("bin"))
  }

  @Test(arguments: ["bin", "idx"], ["de", "en"])
  func aChangedByteIsNoticed(_ ending: String, _ language: String) throws {
    let (folder, _) = try LanguagePairLoaderTests.data()
    let name = "bin/train.de-en.\(language).\(ending)"
    let whole = try folder.bytes(name)
    for place in stride(from: 0, to: whole.count, by: max(whole.count / 40, 1)) {
      var bytes = whole
      bytes[place] ^= 1 << UInt8(place % 8)
      try folder.write(name, bytes)
      let text = message { _ = try Self.load(folder) { _ in } }
      #expect(text.contains("train.de-en.\(language).\(ending)"), "byte \(place): \(text)")
    }
    try folder.write(name, whole)
    #expect(try Self.load(folder) { Issue.record("\($0)") }.count == 300)
  }

  @Test func anUnverifiedFolderIsReadAsItIs() throws {
    let (folder, _) = try LanguagePairLoaderTests.data()
    var bytes = try folder.bytes("bin/train.de-en.de.bin")
    (bytes[0], bytes[2]) = (bytes[2], bytes[0])
    try folder.write("bin/train.de-en.de.bin", bytes)
    #expect(try Self.load(folder, verifies: false) { Issue.record("\($0)") }.count == 300)
    #expect(message { _ = try Self.load(folder) { _ in } }.contains("checksum"))
  }

  @Test func aDamagedPieceModelIsNoticed() throws {
    let folder = try PreprocessorTests.corpus()
    var settings = PreprocessorTests.settings(folder, "bin")
    (settings.bpe, settings.joinedDictionary) = ("sentencepiece", true)
    settings.sentencepieceVocabSize = 100
    try Preprocessor(settings).run()
    #expect(try Self.load(folder) { Issue.record("\($0)") }.count == 300)
    var bytes = try folder.bytes("bin/sentencepiece.bpe.model")
    bytes[bytes.count / 2] ^= 4
    try folder.write("bin/sentencepiece.bpe.model", bytes)
    #expect(message { _ = try Self.load(folder) { _ in } }.contains("sentencepiece.bpe.model"))
  }

  @Test func sidesOfTwoRunsAreRefused() throws {
    let folder = try PreprocessorTests.corpus()
    try Preprocessor(PreprocessorTests.settings(folder, "bin")).run()
    try folder.write("train.de", MadeText.text(300, seed: 77))
    var again = PreprocessorTests.settings(folder, "new")
    again.srcdict = folder("bin/dict.de.txt")
    again.tgtdict = folder("bin/dict.en.txt")
    try Preprocessor(again).run()
    for ending in ["bin", "idx", "json"] {
      let name = "train.de-en.de.\(ending)"
      try folder.write("bin/\(name)", folder.bytes("new/\(name)"))
    }
    let text = message { _ = try Self.load(folder) { _ in } }
    #expect(text.contains("were not made by the same run"))
  }

  @Test func alignmentsAreVerified() throws {
    let folder = try PreprocessorTests.corpus()
    try folder.write("train.align", String(repeating: "0-0\n", count: 300))
    var settings = PreprocessorTests.settings(folder, "bin")
    settings.alignSuffix = "align"
    settings.alignfile = folder("train.align")
    try Preprocessor(settings).run()
    #expect(try Self.load(folder) { Issue.record("\($0)") }.count == 300)
    for name in ["train.align.de-en.bin", "train.align.de-en.idx", "alignment.de-en.txt"] {
      let whole = try folder.bytes("bin/" + name)
      var bytes = whole
      bytes[bytes.count / 2] ^= 4
      try folder.write("bin/" + name, bytes)
      let text = message { _ = try Self.load(folder) { _ in } }
      #expect(text.contains("\(name)' is damaged"), "\(text)")
      try folder.write("bin/" + name, whole)
    }
  }

  @Test func whatAKilledRunLeftIsRemoved() throws {
    let folder = try PreprocessorTests.corpus()
    for name in [".bin.77-old.partial", ".bin.78-new.partial", ".other.79-old.partial"] {
      try FileManager.default.createDirectory(
        atPath: folder(name), withIntermediateDirectories: false)
      try folder.write(name + "/train.bin", "half")
      let age = name.contains("new") ? 0.0 : -300
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: age)], ofItemAtPath: folder(name))
    }
    try FileManager.default.createDirectory(
      atPath: folder(".bin.80-held.partial"), withIntermediateDirectories: false)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -300)],
      ofItemAtPath: folder(".bin.80-held.partial"))
    let held = open(folder(".bin.80-held.partial"), O_RDONLY | O_DIRECTORY)
    defer { close(held) }
    #expect(flock(held, LOCK_EX | LOCK_NB) == 0)
    try Preprocessor(PreprocessorTests.settings(folder, "bin")).run()
    #expect(
      try folder.names.filter { $0.hasSuffix(".partial") } == [
        ".bin.78-new.partial", ".bin.80-held.partial", ".other.79-old.partial",
      ])
  }

  @Test func aFailedFirstRunLeavesNothing() throws {
    let folder = try PreprocessorTests.corpus()
    try folder.write("train.en", Array(MadeText.text(299, seed: 79).utf8) + [0xFF, 0x0A])
    let before = try folder.names
    #expect(
      message { try Preprocessor(PreprocessorTests.settings(folder, "bin")).run() }
        .contains("train.en:300"))
    #expect(try folder.names == before)
  }

  @Test func aFailedRunLeavesTheFolderAsItWas() throws {
    let folder = try PreprocessorTests.corpus()
    try Preprocessor(PreprocessorTests.settings(folder, "bin")).run()
    let before = try PreprocessorTests.files(folder("bin"))
    try folder.write("train.de", MadeText.text(300, seed: 78))
    try folder.write("train.en", Array(MadeText.text(299, seed: 79).utf8) + [0xFF, 0x0A])
    var again = PreprocessorTests.settings(folder, "bin")
    again.srcdict = folder("bin/dict.de.txt")
    again.tgtdict = folder("bin/dict.en.txt")
    #expect(message { try Preprocessor(again).run() }.contains("train.en:300"))
    #expect(try PreprocessorTests.files(folder("bin")) == before)
    #expect(try !folder.names.contains { $0.hasSuffix(".partial") })
  }

  @Test func aSecondRunKeepsWhatItDoesNotMake() throws {
    let folder = try PreprocessorTests.corpus()
    try Preprocessor(PreprocessorTests.settings(folder, "bin")).run()
    try folder.write("bin/notes", "mine")
    var again = PreprocessorTests.settings(folder, "bin")
    (again.trainpref, again.validpref, again.testpref) = (nil, nil, folder("more"))
    again.srcdict = folder("bin/dict.de.txt")
    again.tgtdict = folder("bin/dict.en.txt")
    let before = try PreprocessorTests.files(folder("bin"))
    try Preprocessor(again).run()
    let after = try PreprocessorTests.files(folder("bin"))
    #expect(Set(after.keys) == Set(before.keys))
    let changed = after.filter { before[$0.key] != $0.value }.keys
    #expect(!changed.isEmpty && changed.allSatisfy { $0.hasPrefix("test.") })
  }

  @Test func theSameTextGivesTheSameBytes() throws {
    let folder = try PreprocessorTests.corpus()
    try Preprocessor(PreprocessorTests.settings(folder, "one")).run()
    try Preprocessor(PreprocessorTests.settings(folder, "two")).run()
    let (one, two) = try (
      PreprocessorTests.files(folder("one")), PreprocessorTests.files(folder("two"))
    )
    #expect(one == two && !one.isEmpty)
  }

  @Test func aPipeIsReadToItsEnd() throws {
    let folder = try PreprocessorTests.corpus()
    #expect(mkfifo(folder("pipe"), 0o600) == 0)
    let (text, pipe) = (try folder.bytes("train.de"), folder("pipe"))
    let writer = Thread {
      if let file = fopen(pipe, "w") {
        fwrite(text, 1, text.count, file)
        fclose(file)
      } else {
        Issue.record("\(pipe) cannot be written to")
      }
    }
    writer.start()
    var settings = PreprocessSettings()
    (settings.onlySource, settings.trainpref) = (true, pipe)
    (settings.destdir, settings.workers) = (folder("bin"), 1)
    let summary = try Preprocessor(settings).run()
    #expect(summary.texts.map(\.sentences) == [300])
    #expect(summary.texts.map(\.path) == [pipe])
    #expect(try IndexedDataset(prefix: folder("bin/train")).count == 300)
  }

  @Test func foldersWithoutRecordsAreReadWithANote() throws {
    let (folder, _) = try LanguagePairLoaderTests.data()
    for language in ["de", "en"] {
      try FileManager.default.removeItem(atPath: folder("bin/train.de-en.\(language).json"))
    }
    let notes = Notes()
    #expect(try Self.load(folder) { notes.add($0) }.count == 300)
    #expect(notes.all.count == 1 && notes.all[0].contains("has no checksums"))
  }
}

/// Sentences that were told, from any thread.
private final class Notes: @unchecked Sendable {
  private let lock = NSLock()
  private var texts: [String] = []

  func add(_ text: String) { lock.withLock { texts.append(text) } }
  var all: [String] { lock.withLock { texts } }
}

import FairlineFoundation
import FairlineData
import Foundation
import Testing

/// Every folder of the `mmap` fixtures: made again from its text, byte for byte, and read.
@Suite struct MmapFixtureTests {
  static let folders = Fixtures.mmap.filter { $0.contains("text.src") }
  static let typed = Fixtures.mmap.filter { !$0.contains("text.src") }

  @Test func everyFolderIsChecked() {
    #expect(!Self.folders.isEmpty && !Self.typed.isEmpty)
    for folder in Fixtures.mmap { #expect(folder.contains("expected.json"), "\(folder.path)") }
  }

  /// The settings that a fixture's command-line options describe.
  static func settings(_ options: [String], _ folder: URL) throws -> PreprocessSettings {
    var settings = PreprocessSettings()
    settings.sourceLang = "src"
    settings.targetLang = "tgt"
    settings.trainpref = folder.appendingPathComponent("text").path
    var rest = options[...]
    func number() throws -> Int { try #require(rest.popFirst().flatMap { Int($0) }) }
    while let option = rest.popFirst() {
      switch option {
      case "--joined-dictionary": settings.joinedDictionary = true
      case "--padding-factor": settings.paddingFactor = try number()
      case "--thresholdsrc": settings.thresholdsrc = try number()
      case "--thresholdtgt": settings.thresholdtgt = try number()
      case "--nwordssrc": settings.nwordssrc = try number()
      case "--nwordstgt": settings.nwordstgt = try number()
      default: Issue.record("a fixture uses the unexpected option \(option)")
      }
    }
    return settings
  }

  @Test(arguments: folders, [1, 2, 5])
  func filesAreReproduced(_ folder: URL, _ workers: Int) throws {
    let expected = try Fixtures.json(folder.appendingPathComponent("expected.json"))
    let output = try TemporaryFolder()
    var settings = try Self.settings(#require(expected["options"] as? [String]), folder)
    settings.destdir = output("data-bin")
    settings.workers = workers
    try Preprocessor(settings).run()
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let made = files.filter { !$0.hasPrefix("text.") && $0 != "expected.json" }
    #expect(!made.isEmpty)
    for file in made {
      let golden = Array(try Data(contentsOf: folder.appendingPathComponent(file)))
      #expect(try output.bytes("data-bin/" + file) == golden, "\(folder.path)/\(file)")
    }
  }

  @Test(arguments: folders) func filesAreRead(_ folder: URL) throws {
    let expected = try Fixtures.json(folder.appendingPathComponent("expected.json"))
    for side in ["src", "tgt"] {
      let golden = try #require(expected[side] as? [String: Any])
      let path = folder.appendingPathComponent("dict.\(side).txt").path
      let vocabulary = try Vocabulary(contentsOf: path)
      #expect(vocabulary.count == golden["vocab_size"] as? Int)
      #expect(vocabulary.specialCount == golden["nspecial"] as? Int)
      let specials = ["bos", "pad", "eos", "unk"].map { golden[$0] as? Int }
      #expect(
        specials
          == [Vocabulary.bos, Vocabulary.pad, Vocabulary.eos, Vocabulary.unk].map { Int($0) })
      let prefix = folder.appendingPathComponent("train.src-tgt.\(side)").path
      let data = try IndexedDataset(prefix: prefix, vocabularySize: vocabulary.count)
      #expect("\(data.elementType)" == golden["dtype"] as? String)
      #expect((0..<data.count).map(data.length) == golden["sizes"] as? [Int])
      let sentences = (0..<data.count).map { data[$0] }
      #expect(sentences.map { $0.map { Int($0) } } == golden["ids"] as? [[Int]])
      let text = sentences.map { Array(vocabulary.decode($0).utf8) }
      #expect(text == (golden["decoded"] as? [String])?.map { Array($0.utf8) })
      let joined = sentences.map {
        Array(vocabulary.decode($0, postProcessing: .sentencepiece).utf8)
      }
      #expect(joined == (golden["decoded_spm"] as? [String])?.map { Array($0.utf8) })
      let lines = try TextFile(folder.appendingPathComponent("text.\(side)").path).lines()
      #expect(lines.map { vocabulary.encode($0) } == sentences)
    }
  }

  @Test(arguments: typed) func elementTypesAreRead(_ folder: URL) throws {
    let expected = try Fixtures.json(folder.appendingPathComponent("expected.json"))
    #expect(!expected.isEmpty)
    for (type, value) in expected {
      let golden = try #require(value as? [[Int]])
      let prefix = folder.appendingPathComponent(type).path
      let data = try IndexedDataset(prefix: prefix)
      #expect("\(data.elementType)" == type)
      #expect((0..<data.count).map { data[$0].map { Int($0) } } == golden)

      let output = try TemporaryFolder()
      let writer = try IndexedDatasetWriter(
        prefix: output(type), elementType: data.elementType)
      for ids in golden { try writer.append(ids.map { Int32($0) }) }
      try writer.finish()
      for ending in ["bin", "idx"] {
        let original = Array(try Data(contentsOf: URL(fileURLWithPath: "\(prefix).\(ending)")))
        #expect(try output.bytes("\(type).\(ending)") == original)
      }
    }
  }
}

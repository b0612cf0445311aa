import FairlineData
import FairlineTesting
import Foundation
import Testing

/// Texts in several files, in tables, and compressed.
@Suite struct CorpusTests {
  private func files(
    _ folder: TemporaryFolder, _ output: String, _ change: (inout PreprocessSettings) -> Void
  ) throws -> [String: [UInt8]] {
    var settings = PreprocessorTests.settings(folder, output)
    change(&settings)
    try Preprocessor(settings).run()
    return try PreprocessorTests.files(folder(output))
  }

  @Test func severalTrainingTextsMakeOneDictionary() throws {
    let folder = try PreprocessorTests.corpus()
    for language in ["de", "en"] {
      let both = try folder.bytes("train.\(language)") + folder.bytes("more.\(language)")
      try folder.write("both.\(language)", both)
    }
    let whole = try files(folder, "whole") { $0.trainpref = folder("both") }
    let parts = try files(folder, "parts") {
      $0.trainpref = folder("train") + "," + folder("more")
    }
    for language in ["de", "en"] {
      #expect(parts["dict.\(language).txt"] == whole["dict.\(language).txt"])
      let prefix = "/train"
      let all = try IndexedDataset(prefix: folder("whole") + prefix + ".de-en.\(language)")
      let first = try IndexedDataset(prefix: folder("parts") + prefix + ".de-en.\(language)")
      let second = try IndexedDataset(prefix: folder("parts") + prefix + "1.de-en.\(language)")
      #expect(first.count == 300 && second.count == 20 && all.count == 320)
      for place in 0..<320 {
        #expect(all[place] == (place < 300 ? first[place] : second[place - 300]))
      }
    }
    let sentence = message {
      _ = try files(folder, "none") {
        $0.trainpref = folder("train") + "," + folder("more")
        $0.alignfile = folder("train.de")
      }
    }
    #expect(sentence.contains("--alignfile"), "\(sentence)")
  }

  @Test func tablesAreTwoTexts() throws {
    let folder = try PreprocessorTests.corpus()
    for name in ["train", "valid", "more", "test"] {
      func lines(_ language: String) throws -> [String] {
        String(decoding: try folder.bytes("\(name).\(language)"), as: UTF8.self)
          .split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
      }
      // Further columns, and other ends of lines, say nothing.
      let rows = try zip(lines("de"), lines("en")).map { "\($0)\t\($1)\t0.5\r\n" }
      try folder.write("\(name).tsv", rows.joined())
    }
    let plain = try files(folder, "plain") { _ in }
    let tables = try files(folder, "tables") {
      $0.tsv = true
      $0.trainpref = folder("train.tsv")
      $0.validpref = folder("valid.tsv") + "," + folder("more.tsv")
      $0.testpref = folder("test.tsv")
    }
    #expect(plain.keys.sorted() == tables.keys.sorted())
    for (name, bytes) in plain where !name.hasSuffix(".json") {
      #expect(bytes == tables[name], "\(name)")
    }
    try folder.write("bad.tsv", "a\tb\nc\n")
    let sentence = message {
      _ = try files(folder, "bad") {
        $0.tsv = true
        $0.trainpref = folder("bad.tsv")
        ($0.validpref, $0.testpref) = (nil, nil)
      }
    }
    #expect(sentence.contains("bad.tsv:2: expected a source, a tab and a target"), "\(sentence)")
    #expect(!FileManager.default.fileExists(atPath: folder("bad")))
  }

  @Test func compressedTextsAreFoundUnderTheirNames() throws {
    let folder = try TemporaryFolder()
    let gzip = "H4sIAAAAAAACA0vNzFPIzknNzEstUvAozUvhAgDwbzrnEQAAAA=="
    let zstd = "KLUv/QRoiQAAZWluIGtsZWluZXIgSHVuZArIFeyN"
    try folder.write("a.de.gz", Array(try #require(Data(base64Encoded: gzip))))
    try folder.write("a.en.zst", Array(try #require(Data(base64Encoded: zstd))))
    for language in ["de", "en"] { try folder.write("b.\(language)", "ein kleiner Hund\n") }
    var results: [[String: [UInt8]]] = []
    for name in ["a", "b"] {
      results.append(
        try files(folder, name + "-bin") {
          $0.trainpref = folder(name)
          ($0.validpref, $0.testpref) = (nil, nil)
        })
    }
    #expect(results[0].count > 5)
    for (name, bytes) in results[0] where !name.hasSuffix(".json") {
      #expect(bytes == results[1][name], "\(name)")
    }
  }
}

import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite struct ImporterTests {
  /// Recognises files that begin with a word.
  struct WordImporter: Importer {
    let word: String
    var unused: [String] = []
    var positions = 1024

    func recognizes(_ candidate: ImportCandidate) -> Bool {
      candidate.beginning(word.utf8.count) == Array(word.utf8)
    }

    func open(_ candidate: ImportCandidate) throws -> ImportedModel {
      let header = CheckpointHeader(
        architecture: ComponentRecord(name: word), task: ComponentRecord(name: "toy"),
        description: TaskDescription(
          sourceSymbols: 1, targetSymbols: 1, sharesVocabulary: true,
          maximumSourcePositions: positions))
      return ImportedModel(
        header: header, assets: ["dict.src": [1]], tensors: NameMapTests.Tensors(tensors: [:]),
        unused: unused)
    }
  }

  private func importers(_ all: [WordImporter]) throws -> Registry<any Importer> {
    var catalog = try Catalog([])
    for importer in all {
      try catalog.importers.add(importer.word, "files that begin so", importer)
    }
    #expect(catalog.listing.contains("importer:"))
    return catalog.importers
  }

  @Test func importersAreAskedInTurn() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("model").path
      let importers = try importers([WordImporter(word: "two"), WordImporter(word: "one")])
      for word in ["one", "two"] {
        try Data("\(word) and more".utf8).write(to: URL(fileURLWithPath: path))
        let file = try ModelFile.load(path, importers: importers)
        #expect(file.architecture == word)
        #expect(try file.assets() == ["dict.src": [1]])
      }
      try Data("three".utf8).write(to: URL(fileURLWithPath: path))
      let sentence = message { _ = try ModelFile.load(path, importers: importers) }
      #expect(sentence.contains(path) && sentence.contains("damaged or no tensor file"))
      let unknown = message { _ = try ModelFile.load(folder.path, importers: importers) }
      #expect(unknown.contains("no checkpoint") && unknown.contains("files that begin so"))
      #expect(message { _ = try ModelFile.load(path + "x") }.contains("does not exist"))
    }
  }

  @Test func modelsWithTensorsLeftOverAreRefused() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("model").path
      try Data("one".utf8).write(to: URL(fileURLWithPath: path))
      let odd = try importers([WordImporter(word: "one", unused: ["experts.0", "experts.1"])])
      #expect(
        message { _ = try ModelFile.load(path, importers: odd) }
          .contains("'one' cannot place ('experts.0' and 1 more)"))
      let huge = try importers([WordImporter(word: "one", positions: 1 << 62)])
      #expect(
        message { _ = try ModelFile.load(path, importers: huge) }
          .contains("'maximumSourcePositions' is 4611686018427387904"))
    }
  }

  @Test(.timeLimit(.minutes(30))) func aPipeIsNoModelAndDoesNotBlock() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("pipe").path
      #expect(mkfifo(path, 0o600) == 0)
      let all = try importers([WordImporter(word: "one")])
      let sentence = message { _ = try ModelFile.load(path, importers: all) }
      #expect(sentence.contains("not a regular file"))
    }
  }
}

import Fairline
import FairlineInterop
import FairlineModels
import FairlineTasks

/// Native models of Marian: archives of numpy and binary files.
struct MarianTarget: FuzzTarget {
  private let catalog: Catalog

  init() throws {
    catalog = try Self.catalog()
    try Files.makeFolder("model")
    try Files.write(Self.vocabulary.utf8, "model/vocab.yml")
  }

  static func catalog() throws -> Catalog {
    try Catalog([
      StandardTraining.self, StandardTasks.self, StandardModels.self, StandardImporters.self,
    ])
  }

  static let vocabulary = "</s>: 0\n<unk>: 1\n\"a\": 2\n'b': 3\n? c\n: 4\nd: 5\n"

  func seeds() throws -> [[UInt8]] { try Fixtures.seeds(of: "marian") }

  var tokens: [String] {
    [
      "enc-depth: 1", "dec-depth: 1", "transformer-heads: 2", "tied-embeddings-src: true",
      "tied-embeddings: true", "transformer-train-position-embeddings: true", "dec-cell: ssru",
      "transformer-tied-layers: [1]", "transformer-preprocess: n", "\u{1}\u{1}", "\u{4}\u{4}",
      "decoder_l1_self_Wq", "encoder_l1_ffn_W1", "'shape': (6, 8), }", "PK\u{1}\u{2}",
    ]
  }

  func read(_ bytes: [UInt8]) throws {
    try Files.write(bytes, "model/model.npz")
    let file = try ModelFile.load("model/model.npz", importers: catalog.importers)
    _ = try? file.makeTask(catalog)
    _ = try file.makeModel(catalog)
  }
}

/// Vocabularies and settings in YAML beside such a model.
struct YAMLTarget: FuzzTarget {
  private let catalog: Catalog

  init() throws {
    catalog = try MarianTarget.catalog()
    try Files.makeFolder("model")
    let seeds = try Fixtures.seeds(of: "marian")
    // The first in the order of names is a binary file with attention.
    try Files.write(seeds[0], "model/model.bin")
  }

  func seeds() -> [[UInt8]] {
    [
      MarianTarget.vocabulary,
      "models: [model.bin]\nvocabs:\n  - vocab.yml\n  - \"vocab.yml\"\nbeam-size: 6\n",
      "{\"</s>\": 0, \"<unk>\": 1}",
    ].map { Array($0.utf8) }
  }

  var tokens: [String] {
    Hostile.numbers + ["\\x41", "\\u00e9", "\\U0001F600", "\\ud83d\\ude00", "? ", ": ", "- ", "''"]
  }

  func read(_ bytes: [UInt8]) throws {
    try Files.write(MarianTarget.vocabulary.utf8, "model/vocab.yml")
    try Files.write(bytes, "model/decoder.yml")
    _ = try? ModelFile.load("model/model.bin", importers: catalog.importers)
    try Files.write([], "model/decoder.yml")
    try Files.write(bytes, "model/vocab.yml")
    _ = try ModelFile.load("model/model.bin", importers: catalog.importers)
  }
}

import Fairline
import FairlineData
import FairlineGeneration
import FairlineTasks
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// Native models of Marian: what is computed is what the formulas say in double precision.
@Suite struct MarianTests {
  private let catalog: Catalog

  init() throws { catalog = try importingCatalog() }

  /// A kind of model with a name.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var kind: MarianSpecimen.Kind

    init(_ name: String, _ change: (inout MarianSpecimen.Kind) -> Void) {
      testDescription = name
      kind = MarianSpecimen.Kind()
      change(&kind)
    }
  }

  static let kinds = [
    Case("all tied") { $0.activation = "swish" },
    Case("before, apart, learned") {
      ($0.isBefore, $0.tied, $0.activation) = (true, "none", "relu")
      ($0.learnsPositions, $0.normalizesEmbeddings) = (true, true)
    },
    Case("one table, old output, gelu") {
      ($0.tied, $0.hasOldOutput, $0.omitsBias, $0.activation) = ("src", true, true, "gelu")
    },
    Case("recurrent decoder") { ($0.cell, $0.activation) = ("ssru", "relu") },
    Case("recurrent decoder, before") { ($0.cell, $0.isBefore, $0.tied) = ("ssru", true, "none") },
    Case("target tied, layers tied") {
      ($0.tied, $0.tiedLayers, $0.depth) = ("target", [1, 2, 1], (1, 3))
    },
  ]

  /// The logits of a model that was read and those of the formulas.
  private func check(_ path: String, _ specimen: MarianSpecimen, absolute: Double = 1e-4) throws {
    let file = try ModelFile.load(path, importers: catalog.importers)
    #expect(file.imported?.unused == [])
    let task = try #require(try file.makeTask(catalog) as? any GenerationTask)
    try file.check(against: task)
    let model = try file.makeModel(catalog)
    let (source, target) = (task.text.source, task.text.target)
    let sources = [[5, 3, 7, 0], [4, 2, 6, 8, 9, 10, 11, 12, 0], [0]]
    let targets = [[4, 6, 2], [11, 3, 19, 19, 7, 5, 8, 3, 2], []]
    func own(_ vocabulary: Vocabulary, _ ids: [Int]) -> [Int32] {
      ids.map { vocabulary.id(of: MarianSpecimen.words[$0]) }
    }
    let batch = Batch.pairs(
      ids: [0, 1, 2], sources: sources.map { own(source, $0) },
      targets: targets.map { own(target, $0) + [Vocabulary.eos] },
      starts: targets.map { _ in task.text.input([], 0).start })
    let logits = model(batch, ForwardPass.evaluation()).logits
    let scalars = logits.scalars
    let columns = own(target, Array(0..<MarianSpecimen.symbols)).map(Int.init)
    #expect(Set(columns).count == columns.count)
    let observed = (0..<logits.shape[0]).flatMap { row in
      columns.map { scalars[row * logits.shape.columns + $0] }
    }
    let evaluator = MarianEvaluator(specimen)
    let wanted = zip(sources, targets).flatMap { evaluator.logits($0, $1) }.flatMap { $0 }
    let problem = mismatch(observed, wanted.map { Float($0) }, absolute: absolute)
    #expect(problem == nil, "\(problem ?? "")")
    // Nothing else is ever chosen.
    for row in 0..<logits.shape[0] {
      for column in 0..<logits.shape.columns where !columns.contains(column) {
        #expect(scalars[row * logits.shape.columns + column] < -1000)
      }
    }
  }

  @Test(arguments: kinds) func archivesComputeWhatMarianDoes(_ entry: Case) throws {
    let specimen = MarianSpecimen(entry.kind)
    try withTemporaryFolder { folder in
      try specimen.write(specimen.archive(), named: "model.npz", to: folder)
      try check(folder.path, specimen)
      try check(folder.appendingPathComponent("model.npz").path, specimen)
    }
  }

  @Test(arguments: kinds) func binaryFilesComputeWhatMarianDoes(_ entry: Case) throws {
    let specimen = MarianSpecimen(entry.kind)
    try withTemporaryFolder { folder in
      try specimen.write(specimen.binary(), named: "model.bin", to: folder)
      try check(folder.path, specimen)
    }
  }

  @Test func compressedAndHalfPreciseArchivesAreRead() throws {
    var specimen = MarianSpecimen()
    try withTemporaryFolder { folder in
      try specimen.write(specimen.archive(compressed: true), named: "model.npz", to: folder)
      try check(folder.path, specimen)
      for name in specimen.tensors.keys {
        let values = try #require(specimen.tensors[name]).values.map { Float(Float16($0)) }
        specimen.tensors[name]?.values = values
      }
      try specimen.write(specimen.archive(half: true), named: "model.npz", to: folder)
      try check(folder.path, specimen)
    }
  }

  static let roundings: [MarianSpecimen.Rounding] = [
    .init(code: 0x10001), .init(code: 0x4101, roundsTables: true), .init(code: 0x10002, size: 2),
    .init(code: 0x4102, size: 2, roundsTables: true), .init(code: 0x18001, width: 16),
    .init(code: 0x11001, width: 32), .init(code: 0x12001, width: 64),
    .init(code: 0x14002, size: 2, width: 8), .init(code: 0x11002, size: 2, width: 16),
    .init(code: 0x12002, size: 2, width: 32),
  ]

  @Test(arguments: roundings) func roundedMatricesAreReadInEveryOrder(
    _ rounding: MarianSpecimen.Rounding
  ) throws {
    var kind = MarianSpecimen.Kind()
    (kind.channels, kind.hidden, kind.depth) = (64, 128, (1, 1))
    let specimen = MarianSpecimen(kind)
    try withTemporaryFolder { folder in
      try specimen.write(specimen.binary(rounding), named: "model.bin", to: folder)
      let file = try ModelFile.load(folder.path, importers: catalog.importers)
      #expect(file.imported?.kind == "native model of Marian, rounded to integers")
      #expect(file.imported?.ignored.contains("encoder_l1_ffn_W1_QuantMultA") == true)
      try check(folder.path, specimen.rounded(rounding), absolute: 2e-4)
    }
  }

  @Test func ordersThatAreNotKnownAreRefusedByName() throws {
    let names: [UInt64: String] = [
      0x13001: "intgemm8avx512vnni", 0x802: "packed16", 0x1801: "packed8avx2",
      0x2801: "packed8avx512", 0x408: "type 1032",
    ]
    let specimen = MarianSpecimen()
    for (code, name) in names {
      try withTemporaryFolder { folder in
        try specimen.write(specimen.binary(.init(code: code)), named: "model.bin", to: folder)
        let path = folder.appendingPathComponent("model.bin").path
        let sentence = refusal { _ = try MarianTensors(path: path) }
        #expect(sentence.contains(name), "\(sentence)")
      }
    }
  }

  /// Settings that make another model, and what the refusal names.
  static let others: [(String, String, String)] = [
    ("type: transformer", "type: s2s", "'s2s'"),
    ("transformer-ffn-activation: swish", "transformer-ffn-activation: tanh", "'tanh'"),
    ("transformer-postprocess: dan", "transformer-postprocess: dhn", "'hn'"),
    ("transformer-ffn-depth: 2", "transformer-ffn-depth: 3", "transformer-ffn-depth"),
    ("lemma-dim-emb: 0", "lemma-dim-emb: 64", "factors"),
    ("autoreg: self-attention", "autoreg: average-attention", "'average-attention'"),
    ("autoreg: self-attention", "autoreg: rnn", "'gru'"),
    ("guided-alignment: none", "transformer-no-projection: true", "transformer-no-projection"),
    ("dim-emb: 8", "dim-emb: 16", "shape"),
    ("enc-depth: 2", "enc-depth: 3", "encoder_l3_self_Wq"),
    ("enc-depth: 2", "enc-depth: 1", "cannot place"),
    ("transformer-heads: 2", "transformer-heads: many", "transformer-heads"),
    ("tied-embeddings-all: true", "tied-embeddings-all: false", "encoder_Wemb"),
    ("version: v1.11.0", "{", "line"),
  ]

  @Test(arguments: others) func otherModelsAreRefusedByName(
    _ old: String, _ new: String, _ name: String
  ) throws {
    let specimen = MarianSpecimen()
    let text = specimen.settings
    try #require(text.contains(old))
    var bytes = specimen.binary()
    // The text is the last item; what is shorter or longer is made up for by spaces.
    let place = try #require(bytes.firstRange(of: text.utf8))
    let changed = text.replacing(old, with: new) + String(repeating: " ", count: 64)
    bytes.replaceSubrange(place.lowerBound..., with: Array(changed.utf8))
    let size = bytes.count - place.lowerBound
    // Its header is the last one before the names.
    let count = Int(bytes[8]) | Int(bytes[9]) << 8
    let header = 16 + 32 * (count - 1)
    func put(_ value: Int, _ length: Int, at place: Int) {
      for index in 0..<length {
        bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
      }
    }
    put(size, 8, at: header + 24)
    let names = try #require(bytes.firstRange(of: Array("special:model.yml".utf8) + [0]))
    let shapes = specimen.tensors.keys.reduce(0) {
      $0 + 4 * (specimen.tensors[$1]?.shape.count ?? 0)
    }
    put(size, 4, at: names.upperBound + shapes)
    try withTemporaryFolder { folder in
      try specimen.write(bytes, named: "model.bin", to: folder)
      let sentence = refusal {
        _ = try ModelFile.load(
          folder.appendingPathComponent("model.bin").path, importers: catalog.importers
        ).makeModel(catalog)
      }
      #expect(sentence.contains(name), "\(sentence)")
    }
  }

  @Test func theFilesBesideAreFoundByNameAndSetTheSearch() throws {
    let specimen = MarianSpecimen()
    try withTemporaryFolder { folder in
      try specimen.write(specimen.archive(), named: "model.npz", to: folder)
      try specimen.write(specimen.archive(), named: "other.npz", to: folder)
      // Two models: only a name tells which one is meant.
      #expect(refusal { _ = try ModelFile.load(folder.path, importers: catalog.importers) } != "")
      let text = """
        relative-paths: true
        models:
          - model.npz
        vocabs: [v.src.yml, v.trg.yml]
        beam-size: 6
        normalize: 0.6
        max-length-factor: 2.5
        word-penalty: 0.25
        allow-unk: true
        """
      try Data(text.utf8).write(to: folder.appendingPathComponent("decoder.yml"))
      let file = try ModelFile.load(folder.path, importers: catalog.importers)
      let settings = try TranslatorSettings(for: file)
      #expect(settings.search.beam == 6 && settings.search.lenpen == 0.6)
      #expect(settings.search.maxLenA == 2.5 && settings.search.maxLenB == 0)
      #expect(settings.search.conventions == .marian && settings.search.minLen == 0)
      #expect(settings.search.wordPenalty == 0.25 && settings.search.allowUnk)
      try check(folder.path, specimen)
      for side in ["src", "trg"] {
        try FileManager.default.removeItem(at: folder.appendingPathComponent("v.\(side).yml"))
      }
      let sentence = refusal { _ = try ModelFile.load(folder.path, importers: catalog.importers) }
      #expect(sentence.contains("no vocabulary"), "\(sentence)")
      // A JSON object of symbols will do, for both sides.
      let members = MarianSpecimen.words.enumerated().map { ($1, JSONValue.integer($0)) }
      var vocabulary = JSONObject()
      for (word, number) in members { vocabulary[word] = number }
      try Data(JSONValue.object(vocabulary).compactText.utf8).write(
        to: folder.appendingPathComponent("vocab.json"))
      try check(folder.path, specimen)
    }
  }

  @Test func whatGoesOutToCTranslate2ComesBackTheSame() throws {
    let specimen = MarianSpecimen()
    try withTemporaryFolder { folder in
      try specimen.write(specimen.archive(), named: "model.npz", to: folder)
      let file = try ModelFile.load(folder.path, importers: catalog.importers)
      let target = folder.appendingPathComponent("out")
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
      _ = try catalog.exporters["ctranslate2"].write(
        ExportedModel(file, catalog), to: target.path)
      let back = try ModelFile.load(target.path, importers: catalog.importers)
      #expect(back.header.architecture.settings["layerNormEps"]?.doubleValue == 1e-6)
      try check(target.path, specimen)
    }
  }
}

import Fairline
import FairlineData
import FairlineGeneration
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// What goes back to other programs: files that they wrote, and models made here.
@Suite struct ExportTests {
  private let catalog: Catalog

  /// A model of pieces, without which Hugging Face's form is not read back.
  private let pieces: URL

  init() throws {
    catalog = try importingCatalog()
    pieces = try somePieces()
  }

  private func load(_ path: String) throws -> ModelFile {
    try ModelFile.load(path, importers: catalog.importers)
  }

  @discardableResult
  private func export(
    _ file: ModelFile, _ format: String, to folder: URL, isRounded: Bool = false
  ) throws -> [String] {
    let model = try ExportedModel(file, catalog, isRounded: isRounded)
    return try catalog.exporters[format].write(model, to: folder.path)
  }

  // MARK: - Files that came from elsewhere

  @Test(arguments: CTranslate2Tests.all.filter { $0.name == "ct2-float32" })
  func foldersOfCTranslate2ComeBackByteForByte(_ folder: CTranslate2Tests.Folder) throws {
    let original = folder.parent.url.appendingPathComponent(folder.name)
    let rounded = folder.parent.url.appendingPathComponent("ct2-int8/model.bin")
    try withTemporaryFolder { place in
      try export(try load(folder.path), "ctranslate2", to: place)
      for name in try FileManager.default.contentsOfDirectory(atPath: original.path)
      where name != "config.json" {
        let (own, theirs) = (
          place.appendingPathComponent(name), original.appendingPathComponent(name)
        )
        if name.hasSuffix("json") {
          #expect(try FixtureFolder.json(own) == FixtureFolder.json(theirs), "\(name)")
        } else {
          #expect(try Data(contentsOf: own) == Data(contentsOf: theirs), "\(name)")
        }
      }
      // Sources are given without their end here, with it there.
      let config = try FixtureFolder.json(original.appendingPathComponent("config.json"))
      #expect(
        try FixtureFolder.json(place.appendingPathComponent("config.json"))
          == config.merging(["add_source_eos": true]))
    }
    try withTemporaryFolder { place in
      try export(try load(folder.path), "ctranslate2", to: place, isRounded: true)
      let bytes = try Data(contentsOf: place.appendingPathComponent("model.bin"))
      #expect(try bytes == Data(contentsOf: rounded))
    }
  }

  @Test(arguments: HuggingFaceFixture.all.filter { $0.kind == "marian" })
  func modelsOfMarianBecomeWhatCTranslate2MakesOfThem(_ fixture: HuggingFaceFixture) throws {
    try withTemporaryFolder { place in
      try export(try load(fixture.path), "ctranslate2", to: place)
      let own = try CTranslate2File(path: place.appendingPathComponent("model.bin").path)
      let theirs = try CTranslate2File(
        path: fixture.folder.url.appendingPathComponent("ct2-float32/model.bin").path)
      #expect(own.names == theirs.names && own.names.count > 70)
      for name in own.names {
        #expect(own.shape(of: name) == theirs.shape(of: name), "\(name)")
        guard own.shape(of: name) != [] else {
          #expect(own.number(name) == theirs.number(name), "\(name)")
          continue
        }
        let tolerance = name.hasSuffix("encodings") ? 1e-6 : 0.0
        let problem = mismatch(
          try own.floats(name), try theirs.floats(name), absolute: tolerance, relative: 0)
        #expect(problem == nil, "\(name): \(problem ?? "")")
      }
    }
  }

  @Test(arguments: HuggingFaceFixture.all.filter { $0.kind == "marian" })
  func foldersOfHuggingFaceComeBack(_ fixture: HuggingFaceFixture) throws {
    let original = URL(fileURLWithPath: fixture.path)
    try withTemporaryFolder { place in
      try export(try load(fixture.path), "huggingface", to: place)
      let (own, theirs) = try (
        TensorFile(path: place.appendingPathComponent("model.safetensors").path),
        TensorFile(path: original.appendingPathComponent("model.safetensors").path)
      )
      #expect(own.names.sorted() == theirs.names.sorted() && own.names.count > 70)
      for name in own.names {
        #expect(own[name]?.shape == theirs[name]?.shape, "\(name)")
        #expect(try own.floats(name) == theirs.floats(name), "\(name)")
      }
      for name in FixtureFolder(original).paths where name.hasSuffix("spm") {
        #expect(
          try Data(contentsOf: place.appendingPathComponent(name))
            == Data(contentsOf: original.appendingPathComponent(name)))
      }
      for name in ["vocab.json", "target_vocab.json"] where fixture.folder.contains("model/" + name)
      {
        let numbers = try FixtureFolder.json(place.appendingPathComponent(name))
        #expect(try numbers == FixtureFolder.json(original.appendingPathComponent(name)))
      }
      for name in ["config.json", "generation_config.json", "tokenizer_config.json"] {
        try checkSettings(name, place, original)
      }
    }
  }

  /// Settings that both files have are the same, and none is missing but those that say nothing.
  private func checkSettings(_ name: String, _ place: URL, _ original: URL) throws {
    let without: Set<String> = [
      "transformers_version", "_from_model_config", "init_std", "decoder_layerdrop",
      "encoder_layerdrop", "extra_special_tokens", "sp_model_kwargs", "model_max_length", "dropout",
      "additional_special_tokens",
    ]
    let own = try FixtureFolder.json(place.appendingPathComponent(name))
    guard case .object(let theirs) = try FixtureFolder.json(original.appendingPathComponent(name))
    else { throw UserError("no settings") }
    #expect(theirs.count > 5)
    for (key, value) in theirs where !without.contains(key) {
      #expect(own[key] == value, "\(name): \(key)")
    }
  }

  // MARK: - Models made here

  /// Symbols of text for dictionaries.
  private static func dictionary(_ count: Int) -> [UInt8] {
    var vocabulary = Vocabulary()
    for number in 0..<count { vocabulary.add("s\(number)") }
    return vocabulary.serialized
  }

  /// Writes a checkpoint of a random model, with biases and norms that are not those of a new one.
  private func checkpoint(
    _ settings: JSONValue, sides: (source: Int, target: Int) = (20, 20), to path: String
  ) throws -> ModelFile {
    let small: JSONValue = [
      "encoderEmbedDim": 16, "encoderFfnEmbedDim": 24, "encoderAttentionHeads": 4,
      "decoderAttentionHeads": 4, "encoderLayers": 2, "decoderLayers": 2, "dropout": 0.0,
    ]
    let description = TaskDescription(
      sourceSymbols: sides.source + 4, targetSymbols: sides.target + 4,
      sharesVocabulary: sides.source == sides.target, maximumSourcePositions: 40,
      maximumTargetPositions: 40)
    let header = CheckpointHeader(
      architecture: ComponentRecord(name: "transformer", settings: small.merging(settings)),
      task: ComponentRecord(
        name: "translation", settings: ["maxSourcePositions": 40, "maxTargetPositions": 40]),
      description: description)
    let model = try catalog.architectures.select(header.architecture)
      .build(ModelContext(task: description, seed: 7))
    for entry in model.parameters.entries where entry.shape.rank == 1 {
      let values = (0..<entry.shape.count).map { 0.2 * sin(Float($0) + Float(entry.offset)) }
      let norm: Float = entry.name.contains("norm.weight") ? 1 : 0
      values.map { $0 + norm }.withUnsafeBufferPointer {
        model.parameters.write($0, to: entry, in: model.parameters.values)
      }
    }
    try CheckpointContents(
      header: header, parameters: model.parameters,
      assets: [
        "spm.model": Array(try Data(contentsOf: pieces)),
        "dict.src": Self.dictionary(sides.source), "dict.tgt": Self.dictionary(sides.target),
      ]
    ).write(to: path)
    return try load(path)
  }

  /// The logits of two sentences for the symbols that both models have, without padding.
  private func logits(_ file: ModelFile, symbols: Int) throws -> [Float] {
    let batch = Batch.pairs(
      ids: [0, 1], sources: [[5, 9, 4, 22, 2], [7, 2]], targets: [[6, 6, 21, 8, 2], [4, 11, 2]],
      starts: [2, 2])
    let model = try file.makeModel(catalog)
    let logits = model(batch, ForwardPass.evaluation()).logits
    let scalars = logits.scalars
    return (0..<logits.shape[0]).flatMap { row in
      (0..<symbols).filter { $0 != 1 }.map { scalars[row * logits.shape.columns + $0] }
    }
  }

  /// Exports and imports a model, and compares what both compute.
  private func checkRoundTrip(
    _ format: String, _ settings: JSONValue, sides: (source: Int, target: Int) = (20, 20)
  ) throws {
    try withTemporaryFolder { place in
      let file = try checkpoint(
        settings, sides: sides, to: place.appendingPathComponent("a.safetensors").path)
      let folder = place.appendingPathComponent("out")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      try export(file, format, to: folder)
      let again = try load(folder.path)
      let symbols = sides.target + 4
      let problem = mismatch(
        try logits(again, symbols: symbols), try logits(file, symbols: symbols), absolute: 2e-5,
        relative: 0)
      #expect(problem == nil, "\(format) \(settings.compactText): \(problem ?? "")")
      // What both have under one name has the same bits; special symbols apart, tables too.
      let tensors = again.parameters
      var count = 0
      for name in file.parameters.names where tensors.names.contains(name) {
        let (own, theirs) = (try tensors.floats(name), try file.parameters.floats(name))
        guard tensors.shape(of: name) == file.parameters.shape(of: name) else { continue }
        guard !name.contains("embed") && !name.contains("output_projection") else { continue }
        // Layers that are kept have other numbers.
        guard settings["encoderLayersToKeep"] == nil || !name.hasPrefix("encoder") else { continue }
        #expect(own == theirs, "\(name)")
        count += 1
      }
      #expect(count > 50)
      // A folder that came back goes out with the same bytes.
      let twice = place.appendingPathComponent("twice")
      try FileManager.default.createDirectory(at: twice, withIntermediateDirectories: false)
      try export(again, format, to: twice)
      let name = format == "ctranslate2" ? "model.bin" : "vocab.json"
      #expect(
        try Data(contentsOf: folder.appendingPathComponent(name))
          == Data(contentsOf: twice.appendingPathComponent(name)))
    }
  }

  /// Settings that every form holds.
  private static let common: [JSONValue] = [
    [:], ["shareAllEmbeddings": true], ["shareDecoderInputOutputEmbed": true],
    ["activationFn": "swish", "sinusoid": "vaswani"], ["activationFn": "gelu"],
    ["encoderLearnedPos": true, "decoderLearnedPos": true], ["decoderLearnedPos": true],
    ["noScaleEmbedding": true, "noTokenPositionalEmbeddings": true],
    ["decoderFfnEmbedDim": 40, "decoderLayers": 1, "decoderAttentionHeads": 2],
    ["encoderLayers": 4, "encoderLayersToKeep": "1,3"], ["outputBias": true],
  ]

  @Test(arguments: common) func bothFormsHoldATransformer(_ settings: JSONValue) throws {
    try checkRoundTrip("huggingface", settings)
    try checkRoundTrip("ctranslate2", settings)
  }

  @Test(arguments: ["huggingface", "ctranslate2"])
  func sidesMayHaveSymbolsOfTheirOwn(_ format: String) throws {
    try checkRoundTrip(format, [:], sides: (source: 20, target: 31))
    try checkRoundTrip(format, ["shareDecoderInputOutputEmbed": true], sides: (30, 20))
  }

  @Test func ctranslate2HoldsWhatMarianDoesNot() throws {
    let all: [JSONValue] = [
      ["encoderNormalizeBefore": true, "decoderNormalizeBefore": true],
      ["encoderNormalizeBefore": true], ["layernormEmbedding": true],
      ["activationFn": "gelu_accurate"],
    ]
    for settings in all {
      try checkRoundTrip("ctranslate2", settings)
      let sentence = try refused("huggingface", settings)
      #expect(!sentence.isEmpty && !sentence.contains("\n"))
    }
  }

  private func refused(_ format: String, _ settings: JSONValue) throws -> String {
    try withTemporaryFolder { place in
      let file = try checkpoint(settings, to: place.appendingPathComponent("a.safetensors").path)
      return refusal { try export(file, format, to: place) }
    }
  }

  @Test func whatAFormCannotHoldIsRefused() throws {
    let cases: [(String, JSONValue, String)] = [
      ("ctranslate2", ["activationFn": "tanh"], "'tanh'"),
      ("huggingface", ["activationFn": "linear"], "'linear'"),
      ("huggingface", ["encoderNormalizeBefore": true], "before its sub-layers"),
      ("huggingface", ["layernormEmbedding": true], "normalises embeddings"),
      ("ctranslate2", ["crossSelfAttention": true], "sees the source"),
      ("huggingface", ["noCrossAttention": true], "without attention over the source"),
      ("ctranslate2", ["adaptiveSoftmaxCutoff": "8,16"], "adaptive softmax"),
      ("ctranslate2", ["decoderInputDim": 8], "'--decoder-input-dim'"),
      ("huggingface", ["decoderEmbedDim": 32], "'--decoder-embed-dim'"),
    ]
    for (format, settings, part) in cases {
      let sentence = try refused(format, settings)
      #expect(sentence.contains(part), "\(settings.compactText): \(sentence)")
    }
    try withTemporaryFolder { place in
      let file = try checkpoint([:], to: place.appendingPathComponent("a.safetensors").path)
      let sentence = refusal { try export(file, "huggingface", to: place, isRounded: true) }
      #expect(sentence.contains("--quantize"), "\(sentence)")
    }
  }

  @Test func aDecoderThatStartsFromPaddingMayHaveLearnedItsVector() throws {
    let fixture = try #require(
      HuggingFaceFixture.all.first { $0.path.contains("marian-shared") })
    try withTemporaryFolder { place in
      let folder = place.appendingPathComponent("model")
      let source = URL(fileURLWithPath: fixture.path)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      try copy(
        FixtureFolder(source).paths.filter { $0 != "model.safetensors" }, from: source, to: folder)
      // The last row, that of padding, is no longer zero, as after training.
      let whole = try TensorFile(path: source.appendingPathComponent("model.safetensors").path)
      typealias Named = (name: String, shape: [Int], values: [Float])
      let tensors = try whole.entries.map { entry -> Named in
        var values = try whole.floats(entry.name)
        if entry.name == "model.shared.weight" {
          for index in (values.count - 32)..<values.count {
            values[index] = 0.05 * Float(index % 7)
          }
        }
        return (entry.name, entry.shape, values)
      }
      try TensorFile.write(
        tensors, to: folder.appendingPathComponent("model.safetensors").path)
      let out = place.appendingPathComponent("out")
      try FileManager.default.createDirectory(at: out, withIntermediateDirectories: false)
      try export(try load(folder.path), "ctranslate2", to: out)
      let config = try FixtureFolder.json(out.appendingPathComponent("config.json"))
      #expect(config["decoder_start_token"] == "<pad>")
      let batch = Batch.pairs(
        ids: [0], sources: [[5, 9, 4, 22, 2]], targets: [[6, 6, 21, 8, 2]], starts: [1])
      func logits(_ path: String) throws -> [Float] {
        let model = try load(path).makeModel(catalog)
        let output = model(batch, ForwardPass.evaluation()).logits
        let columns = output.shape.columns
        return (0..<5).flatMap { row in
          (2..<200).map { output.scalars[row * columns + $0] }
        }
      }
      let problem = mismatch(
        try logits(out.path), try logits(folder.path), absolute: 2e-5, relative: 0)
      #expect(problem == nil, "\(problem ?? "")")
    }
  }
}

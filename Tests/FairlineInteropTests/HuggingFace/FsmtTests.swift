import Fairline
import FairlineData
import FairlineGeneration
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// A model of the kind `fsmt` whose numbers come from a rule, with what transformers computes with
/// it, in one file and in several.
@Suite struct FsmtTests {
  private let catalog: Catalog

  init() throws { catalog = try importingCatalog() }

  private let config: JSONValue = [
    "model_type": "fsmt", "d_model": 8, "encoder_layers": 2, "decoder_layers": 2,
    "encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 16,
    "decoder_ffn_dim": 16, "activation_function": "relu", "scale_embedding": true,
    "src_vocab_size": 20, "tgt_vocab_size": 22, "langs": ["de", "en"], "max_length": 9,
    "max_position_embeddings": 32, "forced_eos_token_id": 2, "num_beams": 4, "length_penalty": 1.1,
    "tie_word_embeddings": false, "no_repeat_ngram_size": nil, "decoder_layerdrop": nil,
    "early_stopping": nil, "min_length": nil,
  ]

  private func tensors() -> [(name: String, shape: [Int], values: [Float])] {
    var shapes = layerShapes()
    shapes["model.encoder.embed_tokens.weight"] = [20, 8]
    shapes["model.decoder.output_projection.weight"] = [22, 8]
    let names = shapes.keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    #expect(names.count == 86)
    return names.enumerated().map { number, name in
      let shape = shapes[name, default: []]
      var values = (0..<shape.reduce(1, *)).map {
        0.3 * sin(1 + 0.37 * Double($0) + 1.7 * Double(number))
      }
      if name.contains("norm"), name.hasSuffix("weight") { values = values.map { 1 + 0.1 * $0 } }
      if shape.count == 2, shape[0] >= 20 {
        values.replaceSubrange(8..<16, with: repeatElement(0, count: 8))
      }
      return (name, shape, values.map { Float($0) })
    }
  }

  private func write(_ folder: URL, _ name: String, _ value: JSONValue) throws {
    try Data(value.compactText.utf8).write(to: folder.appendingPathComponent(name))
  }

  private func writeSettings(_ folder: URL) throws {
    try write(folder, "config.json", config)
    for (name, count) in [("src", 20), ("tgt", 22)] {
      var vocabulary = JSONObject()
      let symbols =
        ["<s>", "<pad>", "</s>", "<unk>"]
        + (4..<count).map {
          $0 % 3 == 0 ? "s\($0)" : "s\($0)</w>"
        }
      for (number, symbol) in symbols.enumerated() { vocabulary[symbol] = .integer(number) }
      try write(folder, "vocab-\(name).json", .object(vocabulary))
    }
  }

  /// Writes the tensors in several files.
  private func writeShards(_ folder: URL, _ count: Int) throws -> JSONObject {
    var map = JSONObject()
    let all = tensors()
    for part in 0..<count {
      let own = all.enumerated().filter { $0.offset % count == part }.map(\.element)
      let name = "model-0000\(part + 1)-of-0000\(count).safetensors"
      try TensorFile.write(own, to: folder.appendingPathComponent(name).path)
      for tensor in own { map[tensor.name] = .string(name) }
    }
    try write(
      folder, "model.safetensors.index.json", ["metadata": [:], "weight_map": .object(map)])
    return map
  }

  private func check(_ folder: URL) throws {
    let file = try ModelFile.load(folder.path, importers: catalog.importers)
    let model = try file.makeModel(catalog)
    let batch = Batch(
      ids: [0], source: PackedTokens([[4, 7, 5, 2]]), decoderInput: PackedTokens([[2, 17, 6]]),
      target: [17, 6, 2])
    let logits = model(batch, ForwardPass.evaluation()).logits
    let wanted: [Float] = [
      0.91424, 0, 0.81214, -0.71995, 0.60408, -0.46836, 0.31722, -0.15566,
      0.95676, 0, 0.84385, -0.74459, 0.62084, -0.47668, 0.31685, -0.14659,
      0.46923, 0, 0.52409, -0.52598, 0.51058, -0.47839, 0.43046, -0.36838,
    ]
    let found = (0..<3).flatMap { row in
      (0..<8).map { logits.scalars[row * logits.shape.columns + $0] }
    }
    let problem = mismatch(found, wanted, absolute: 1e-5)
    #expect(problem == nil, "\(problem ?? "")")
    let task = try #require(try file.makeTask(catalog) as? any GenerationTask)
    #expect(task.text.source.symbol(6) == "s6@@" && task.text.source.symbol(7) == "s7")
    let settings = try TranslatorSettings(for: file)
    let generator = try SequenceGenerator(models: [model], settings: settings.search)
    let best = generator.generate([GenerationInput(id: 0, source: [4, 7, 5, 2])])[0]
    // Without its cache, with which transformers 4.57 computes something else for this kind.
    #expect(best[0].tokens == [17, 17, 17, 19, 0, 17, 17, 2])
    #expect(best[1].tokens == [17, 17, 17, 19, 0, 0, 17, 2])
    #expect(abs(best[0].score + 1.77005) < 2e-5 && abs(best[1].score + 1.77039) < 2e-5)
  }

  @Test func itComputesWhatTransformersComputes() throws {
    try withTemporaryFolder { folder in
      try writeSettings(folder)
      try TensorFile.write(tensors(), to: folder.appendingPathComponent("model.safetensors").path)
      try check(folder)
    }
  }

  @Test func whatGoesOutComesBackTheSame() throws {
    try withTemporaryFolder { folder in
      let target = folder.appendingPathComponent("out")
      try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
      try writeSettings(folder)
      try TensorFile.write(tensors(), to: folder.appendingPathComponent("model.safetensors").path)
      let model = try ExportedModel(
        ModelFile.load(folder.path, importers: catalog.importers), catalog)
      let notes = try catalog.exporters["huggingface"].write(model, to: target.path)
      #expect(notes.joined().contains("merges.txt"))
      try check(target)
      let written = try FixtureFolder.json(target.appendingPathComponent("config.json"))
      for (key, value) in [
        ("model_type", JSONValue.string("fsmt")), ("langs", ["de", "en"]), ("src_vocab_size", 20),
        ("tgt_vocab_size", 22), ("max_position_embeddings", 32),
      ] { #expect(written[key] == value, "\(key)") }
      for side in ["src", "tgt"] {
        let name = "vocab-\(side).json"
        #expect(
          try FixtureFolder.json(target.appendingPathComponent(name))
            == FixtureFolder.json(folder.appendingPathComponent(name)))
      }
    }
  }

  @Test func severalFilesAreOneModel() throws {
    try withTemporaryFolder { folder in
      try writeSettings(folder)
      _ = try writeShards(folder, 3)
      try check(folder)
      let index = folder.appendingPathComponent("model.safetensors.index.json").path
      let file = try ModelFile.load(index, importers: catalog.importers)
      #expect(file.parameters.names.count == 86)
    }
  }

  @Test func indicesThatDoNotFitAreRefused() throws {
    try withTemporaryFolder { folder in
      try writeSettings(folder)
      let map = try writeShards(folder, 2)
      let (first, second) = (
        "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
      )
      let bias = "model.encoder.layers.0.fc1.bias"
      let cases: [(JSONValue, String)] = [
        (["weight_map": 3], "'weight_map'"), ([:], "'weight_map'"),
        (["weight_map": .object(map).merging([bias: "../x"])], "'../x'"),
        (["weight_map": .object(map).merging([bias: ".."])], "'..'"),
        (["weight_map": .object(map).merging([bias: "none.safetensors"])], "'none.safetensors'"),
        (["weight_map": .object(map).merging([bias: 4])], bias),
        (["weight_map": .object(map).merging(["other": .string(first)])], "'other'"),
        (
          [
            "weight_map": .object(map).merging([
              bias: map[bias] == .string(first)
                ? .string(second) : .string(first)
            ])
          ],
          "'\(bias)'"
        ),
      ]
      for (index, part) in cases {
        try write(folder, "model.safetensors.index.json", index)
        let sentence = refusal { _ = try ModelFile.load(folder.path, importers: catalog.importers) }
        #expect(sentence.contains(part) && !sentence.contains("\n"), "\(part): \(sentence)")
      }
    }
  }
}

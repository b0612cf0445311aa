import Fairline
import FairlineData
import FairlineGeneration
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// Models whose numbers come from a rule, with what transformers computes with them: positions,
/// norms, biases and the ends of searches, in values that were found without these programs.
@Suite struct FilledModelTests {
  private let catalog: Catalog
  /// Pieces that are not used: the tests work with numbers.
  private let pieces: URL

  init() throws {
    catalog = try importingCatalog()
    pieces = try somePieces()
  }

  /// The tensors of a model of 20 symbols, 8 channels, 2+2 layers and 16 hidden channels.
  private func shapes() -> [String: [Int]] {
    var shapes = layerShapes()
    (shapes["model.shared.weight"], shapes["final_logits_bias"]) = ([20, 8], [1, 20])
    return shapes
  }

  /// Writes the tensors, filled by the rule, with the row of padding 0.
  private func write(
    _ folder: URL, _ config: JSONValue, others: [String: [Int]] = [:]
  ) throws {
    let shapes = shapes().merging(others) { $1 }
    let names = shapes.keys.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    #expect(names.count == 86 + others.count)
    let writer = try TensorFileWriter(
      path: folder.appendingPathComponent("model.safetensors").path,
      tensors: names.map { TensorDeclaration($0, shapes[$0, default: []]) }, metadata: [:])
    for (number, name) in names.enumerated() {
      let count = shapes[name, default: []].reduce(1, *)
      var values = (0..<count).map { 0.3 * sin(1 + 0.37 * Double($0) + 1.7 * Double(number)) }
      if name.contains("norm"), name.hasSuffix("weight") { values = values.map { 1 + 0.1 * $0 } }
      if name == "model.shared.weight" {
        values.replaceSubrange(152..<160, with: repeatElement(0, count: 8))
      }
      try writer.write(name, values.map { Float($0) })
    }
    try writer.finish()
    let symbols = ["</s>", "<unk>"] + (2..<19).map { "s\($0)" } + ["<pad>"]
    var vocabulary = JSONObject()
    for (number, symbol) in symbols.enumerated() { vocabulary[symbol] = .integer(number) }
    for (name, value) in [("config", config), ("vocab", .object(vocabulary))] {
      try Data(value.compactText.utf8).write(to: folder.appendingPathComponent(name + ".json"))
    }
    for name in ["source.spm", "target.spm"] {
      try FileManager.default.copyItem(at: pieces, to: folder.appendingPathComponent(name))
    }
  }

  private let config: JSONValue = [
    "model_type": "marian", "d_model": 8, "encoder_layers": 2, "decoder_layers": 2,
    "encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 16,
    "decoder_ffn_dim": 16, "activation_function": "swish", "scale_embedding": true,
    "pad_token_id": 19, "eos_token_id": 0, "decoder_start_token_id": 19, "max_length": 8,
    "max_position_embeddings": 32, "forced_eos_token_id": 0, "bad_words_ids": [[19]],
    "num_beams": 4,
  ]

  /// Fairline's numbers of the symbols 0 to 19.
  private func number(_ symbol: Int) -> Int32 {
    switch symbol {
    case 0: Vocabulary.eos
    case 1: Vocabulary.unk
    case 19: Vocabulary.pad
    default: Int32(symbol + 2)
    }
  }

  @Test func logitsAreThose() throws {
    try withTemporaryFolder { folder in
      try write(folder, config)
      let file = try ModelFile.load(folder.path, importers: catalog.importers)
      let input = [19, 4, 6].map(number)
      let source = [3, 5, 7, 0].map(number)
      let batch = Batch(
        ids: [0], source: PackedTokens([source]),
        decoderInput: PackedTokens([input]), target: input)
      let model = try file.makeModel(catalog)
      let logits = model(batch, ForwardPass.evaluation()).logits
      let wanted: [Float] = [
        0.33387, 0.207, 0.38538, 0.16803, 0.27052, 0.00607,
        0.37921, 0.18111, 0.39096, 0.18294, 0.23561, 0.05983,
        0.14837, 0.39615, 0.19879, 0.34592, 0.10718, 0.14949,
      ]
      let scalars = logits.scalars
      let columns = logits.shape.columns
      var found: [Float] = []
      for row in 0..<3 {
        for symbol in 0..<6 { found.append(scalars[row * columns + Int(number(symbol))]) }
      }
      let problem = mismatch(found, wanted, absolute: 1e-5)
      #expect(problem == nil, "\(problem ?? "")")
    }
  }

  /// What a search finds: symbols with scores.
  private func search(
    _ config: JSONValue
  ) throws -> [(symbols: [Int32], score: Float)] {
    try withTemporaryFolder { folder -> [(symbols: [Int32], score: Float)] in
      try write(folder, config)
      let file = try ModelFile.load(folder.path, importers: catalog.importers)
      let settings = try TranslatorSettings(for: file)
      let generator = try SequenceGenerator(
        models: [file.makeModel(catalog)], settings: settings.search)
      let source = [3, 5, 7, 0].map(number)
      let input = GenerationInput(id: 0, source: source, start: Vocabulary.pad)
      return generator.generate([input])[0].map { ($0.tokens, $0.score) }
    }
  }

  private func check(
    _ found: [(symbols: [Int32], score: Float)], _ wanted: [[Int]], _ scores: [Float]
  ) throws {
    try #require(found.count >= wanted.count)
    for place in wanted.indices {
      let symbols = wanted[place].map(number)
      #expect(found[place].symbols == symbols)
      let difference = abs(found[place].score - scores[place])
      #expect(difference < 2e-5, "\(found[place].score) \(scores[place])")
    }
  }

  @Test func searchesEndAsTransformersDo() throws {
    let outputs = [
      [17, 15, 15, 15, 15, 17, 0], [17, 15, 15, 15, 15, 15, 0], [17, 15, 15, 13, 15, 17, 0],
    ]
    try check(search(config), outputs, [-1.97737, -1.98143, -1.98553])
    let renormalized = config.merging(["renormalize_logits": true])
    try check(search(renormalized), outputs, [-1.93258, -1.93664, -1.94088])
    let shorter = config.merging(["length_penalty": 0.5])
    try check(search(shorter), [[0], [17, 0]], [-2.72956, -3.59746])
    let greedy = try search(config.merging(["num_beams": 1]))
    let symbols = [2, 17, 15, 15, 15, 17, 0].map(number)
    #expect(greedy[0].symbols == symbols)
  }

  @Test func settingsOfOtherModelsAreRefused() throws {
    let changes: [(JSONValue, String)] = [
      (["normalize_before": true], "'normalize_before'"), (["d_model": 16], "16 channels"),
      (["activation_function": "gelu_new"], "'gelu_new'"), (["pad_token_id": 20], "'pad_token_id'"),
      (["encoder_layers": 1], "not in the model"), (["encoder_layers": 3], "missing"),
      (["decoder_attention_heads": 3], "cannot be split"),
      (["d_model": "many"], "'d_model'"), (["eos_token_id": 1], "special ones"),
    ]
    for (change, part) in changes {
      try withTemporaryFolder { folder in
        try write(folder, config.merging(change))
        let sentence = refusal {
          _ = try ModelFile.load(folder.path, importers: catalog.importers).makeModel(catalog)
        }
        #expect(sentence.contains(part), "\(change.compactText): \(sentence)")
      }
    }
  }

  @Test func tablesWithoutRowsForAllSymbolsAreRefused() throws {
    try withTemporaryFolder { folder in
      let other = config.merging(["tie_word_embeddings": false])
      try write(folder, other, others: ["lm_head.weight": [5, 8]])
      let sentence = refusal {
        _ = try ModelFile.load(folder.path, importers: catalog.importers).makeModel(catalog)
      }
      #expect(sentence.contains("'lm_head.weight' has 40 numbers"), "\(sentence)")
    }
  }
}

import Fairline
import FairlineData
import FairlineGeneration
import FairlineTasks
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// Models of Hugging Face's form, whose numbers transformers tested, laid out as Marian's own
/// files: Hugging Face's conversion, backwards.
@Suite struct MarianGoldenTests {
  static let fixtures = HuggingFaceFixture.all.filter { $0.kind == "marian" }

  @Test(arguments: fixtures) func theSameNumbersFindTheSamePlaces(
    _ fixture: HuggingFaceFixture
  ) throws {
    let catalog = try importingCatalog()
    let config = try fixture.folder.json("model/config.json")
    let original = try TensorFile(path: fixture.path + "/model.safetensors")
    try withTemporaryFolder { folder in
      let source = URL(fileURLWithPath: fixture.path)
      let isJoint = config["share_encoder_decoder_embeddings"]?.boolValue ?? true
      let archive = try MarianRelay(original, config, isJoint: isJoint).archive()
      try Data(archive).write(to: folder.appendingPathComponent("model.npz"))
      try copy(["source.spm", "target.spm"], from: source, to: folder)
      let names = isJoint ? ["vocab", "vocab"] : ["vocab", "target_vocab"]
      for (name, side) in zip(names, ["src", "trg"]) {
        guard case .object(let members) = try fixture.folder.json("model/\(name).json") else {
          throw UserError("no vocabulary")
        }
        let lines = members.filter { $0.key != "<pad>" }.map { symbol, number in
          "\(JSONValue.string(symbol).compactText): \(number.compactText)\n"
        }
        try Data(lines.joined().utf8).write(
          to: folder.appendingPathComponent("v.\(side).vocab.yml"))
      }
      let (left, right) = try (
        ModelFile.load(folder.path, importers: catalog.importers),
        ModelFile.load(fixture.path, importers: catalog.importers)
      )
      // The symbols are the same, and so are all numbers but those of padding.
      var (own, theirs) = try (left.assets(), right.assets())
      (own[PieceMarks.asset], theirs[PieceMarks.asset]) = (nil, nil)
      #expect(own == theirs)
      let (model, golden) = try (
        left.makeModel(catalog).parameters, right.makeModel(catalog).parameters
      )
      #expect(model.entries.map(\.name) == golden.entries.map(\.name))
      try #require(model.entries.count > 60)
      for entry in golden.entries {
        let (found, wanted) = (
          model.view(of: entry, in: model.values).scalars,
          golden.view(of: entry, in: golden.values).scalars
        )
        let columns = entry.shape.rank == 2 ? entry.shape[1] : 1
        let isOfSymbols = entry.name.contains("embed_tokens") || entry.name.contains("output")
        let padding =
          isOfSymbols
          ? (Int(Vocabulary.pad) * columns)..<((Int(Vocabulary.pad) + 1) * columns) : 0..<0
        let differ = found.indices.contains { !padding.contains($0) && found[$0] != wanted[$0] }
        #expect(!differ, "\(entry.name)")
      }
      // The formulas differ in positions and in what is added to variances, and Marian always
      // multiplies embeddings.
      let settings = try [left, right].map { file in
        try ComponentRecord(catalog.architectures.select(file.header.architecture)).settings
      }
      #expect(settings[0]["sinusoid"]?.stringValue == "marian")
      #expect(settings[0]["layerNormEps"]?.doubleValue == 1e-6)
      guard case .object(var members) = settings[0] else { throw UserError("no settings") }
      for key in ["sinusoid", "layerNormEps", "noScaleEmbedding"] {
        members[key] = settings[1][key]
      }
      #expect(JSONValue.object(members) == settings[1])
    }
  }
}

/// Tensors of Hugging Face's form under Marian's names, turned around as they are there.
private struct MarianRelay {
  private var specimen = MarianSpecimen()

  init(_ file: TensorFile, _ config: JSONValue, isJoint: Bool) throws {
    func number(_ key: String) throws -> Int { try #require(config[key]?.integerValue) }
    var kind = MarianSpecimen.Kind()
    kind.channels = try number("d_model")
    kind.hidden = try number("encoder_ffn_dim")
    kind.depth = (try number("encoder_layers"), try number("decoder_layers"))
    kind.activation = try #require(config["activation_function"]?.stringValue)
    kind.tied = isJoint ? "all" : "target"
    specimen.kind = kind
    specimen.heads = try number("encoder_attention_heads")
    specimen.tensors = [:]
    let names = [
      "self_attn_layer_norm.weight": "self_Wo_ln_scale",
      "self_attn_layer_norm.bias": "self_Wo_ln_bias",
      "encoder_attn_layer_norm.weight": "context_Wo_ln_scale",
      "encoder_attn_layer_norm.bias": "context_Wo_ln_bias",
      "final_layer_norm.weight": "ffn_ffn_ln_scale", "final_layer_norm.bias": "ffn_ffn_ln_bias",
      "fc1.weight": "ffn_W1", "fc1.bias": "ffn_b1", "fc2.weight": "ffn_W2", "fc2.bias": "ffn_b2",
    ]
    let letters = ["q_proj": "q", "k_proj": "k", "v_proj": "v", "out_proj": "o"]
    for name in file.names {
      let parts = name.split(separator: ".").map(String.init)
      guard parts.count > 4, parts[2] == "layers", let layer = Int(parts[3]) else { continue }
      let rest = parts[4...].joined(separator: ".")
      var own = names[rest]
      if own == nil, parts.count == 7, let letter = letters[parts[5]] {
        let kind = parts[6] == "weight" ? "W" : "b"
        own = (parts[4] == "self_attn" ? "self_" : "context_") + kind + letter
      }
      let stem = "\(parts[1])_l\(layer + 1)_"
      add(
        stem + (try #require(own, "\(name)")), try file.floats(name),
        try #require(file[name]).shape)
    }
    // Padding is the last row.
    var tables: [String: (shape: [Int], values: [Float])] = [:]
    func place(_ table: String, of name: String) throws {
      let shape = try #require(file[name]?.shape)
      let all = try file.floats(name)
      tables[table] = ([shape[0] - 1, shape[1]], Array(all.prefix((shape[0] - 1) * shape[1])))
    }
    if isJoint {
      try place("Wemb", of: "model.shared.weight")
    } else {
      try place("encoder_Wemb", of: "model.encoder.embed_tokens.weight")
      try place("decoder_Wemb", of: "model.decoder.embed_tokens.weight")
    }
    specimen.tensors.merge(tables) { $1 }
    let bias = try file.floats("final_logits_bias")
    specimen.tensors["decoder_ff_logit_out_b"] = ([1, bias.count - 1], Array(bias.dropLast()))
  }

  private mutating func add(_ name: String, _ values: [Float], _ shape: [Int]) {
    guard shape.count == 2 else {
      specimen.tensors[name] = ([1, values.count], values)
      return
    }
    let turned = (0..<shape[1]).flatMap { column in
      (0..<shape[0]).map { values[$0 * shape[1] + column] }
    }
    specimen.tensors[name] = ([shape[1], shape[0]], turned)
  }

  func archive() -> [UInt8] { specimen.archive() }
}

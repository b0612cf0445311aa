import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// One of the reference's small models: settings, parameters, and what the reference computed with
/// them.
struct FixtureModel: Sendable, CustomTestStringConvertible {
  let folder: URL
  var testDescription: String { folder.lastPathComponent }

  static let all = FixtureFolder.all("fairseq/models").flatMap(\.folders).map(FixtureModel.init)

  func json(_ name: String) throws -> JSONValue {
    let data = try Data(contentsOf: folder.appendingPathComponent(name + ".json"))
    return try data.withUnsafeBytes { try JSONValue(parsing: $0) }
  }

  func tensors(_ name: String) throws -> TensorFile {
    try TensorFile(path: folder.appendingPathComponent(name + ".safetensors").path)
  }

  func makeModel() throws -> Transformer {
    let config = try json("config")
    func number(_ key: String) -> Int { config[key]?.integerValue ?? 0 }
    func flag(_ key: String) -> Bool { config[key]?.boolValue ?? false }
    var c = TransformerSettings()
    c.encoderLayers = number("encoder_layers")
    c.decoderLayers = number("decoder_layers")
    c.encoderEmbedDim = number("embed_dim")
    c.encoderFfnEmbedDim = number("ffn_dim")
    c.encoderAttentionHeads = number("heads")
    c.decoderAttentionHeads = number("heads")
    c.activationFn = Activation(rawValue: config["activation_fn"]?.stringValue ?? "") ?? .relu
    c.shareAllEmbeddings = config["share"]?.stringValue == "all"
    c.shareDecoderInputOutputEmbed = config["share"]?.stringValue == "dec"
    c.encoderNormalizeBefore = flag("encoder_normalize_before")
    c.decoderNormalizeBefore = flag("decoder_normalize_before")
    c.encoderLearnedPos = flag("learned_positions")
    c.decoderLearnedPos = flag("learned_positions")
    c.noTokenPositionalEmbeddings = flag("no_token_positional_embeddings")
    c.layernormEmbedding = flag("layernorm_embedding")
    c.noScaleEmbedding = flag("no_scale_embedding")
    c.dropout = 0
    let task = TaskDescription(
      sourceSymbols: number("src_vocab"), targetSymbols: number("tgt_vocab"),
      sharesVocabulary: c.shareAllEmbeddings,
      maximumSourcePositions: number("max_source_positions"),
      maximumTargetPositions: number("max_target_positions"))
    let model = try Transformer(c, for: task)
    try load(tensors("model"), into: model.parameters)
    return model
  }

  func load(_ file: TensorFile, into parameters: ParameterSet) throws {
    for entry in parameters.entries {
      let floats = try file.floats(entry.name)
      floats.withUnsafeBufferPointer { parameters.write($0, to: entry, in: parameters.values) }
    }
  }

  /// Batch `a` or `b` in the reference's order of rows.
  func batch(_ name: String) throws -> Batch {
    let batch = try #require(try json("batches")[name])
    func sequences(_ key: String) throws -> [[Int32]] {
      try #require(batch[key]?.arrayValue).map { row in
        try #require(row.arrayValue).map { Int32(try #require($0.integerValue)) }
      }
    }
    let (sources, targets) = (try sequences("src"), try sequences("tgt"))
    let order = try #require(batch["id"]?.arrayValue).compactMap(\.integerValue)
    #expect(!order.isEmpty)
    return Batch.pairs(
      ids: order, sources: order.map { sources[$0] }, targets: order.map { targets[$0] })
  }
}

import Fairline
import FairlineInterop
import FairlineModels
import FairlineTasks

/// The `model.bin` of a folder of CTranslate2.
struct CTranslate2Target: FuzzTarget {
  private let catalog: Catalog

  init() throws {
    catalog = try Catalog([
      StandardTraining.self, StandardTasks.self, StandardModels.self, StandardImporters.self,
    ])
    try Files.makeFolder("model")
    try Files.write(#"["<s>", "</s>", "<unk>", "a", "b"]"#.utf8, "model/shared_vocabulary.json")
    let config = #"{"add_source_eos": true, "decoder_start_token": "<s>"}"#
    try Files.write(config.utf8, "model/config.json")
  }

  func seeds() throws -> [[UInt8]] { try Fixtures.seeds(of: "ctranslate2") }

  var tokens: [String] {
    [
      "encoder/num_heads", "decoder/num_heads", "encoder/activation", "encoder/pre_norm",
      "encoder/scale_embeddings", "encoder/layer_1/self_attention/linear_0/weight",
      "decoder/layer_0/ffn/linear_0/weight_scale", "decoder/projection/weight",
      "encoder/position_encodings/encodings", "layer_norm/gamma", "TransformerSpec",
    ]
  }

  func read(_ bytes: [UInt8]) throws {
    try Files.write(bytes, "model/model.bin")
    let file = try ModelFile.load("model", importers: catalog.importers)
    _ = try? file.makeTask(catalog)
    _ = try file.makeModel(catalog)
  }
}

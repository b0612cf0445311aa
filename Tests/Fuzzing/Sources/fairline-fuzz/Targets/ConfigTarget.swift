import Fairline
import FairlineModels
import FairlineTasks
import FairlineTesting

/// The `config.json` beside the tensors of a model with fairseq's names.
struct ConfigTarget: FuzzTarget {
  private let catalog: Catalog

  init() throws {
    catalog = try Catalog([StandardTraining.self, StandardTasks.self, StandardModels.self])
    let task = TaskDescription(
      sourceSymbols: 5, targetSymbols: 5, sharesVocabulary: true, maximumSourcePositions: 16,
      maximumTargetPositions: 16)
    let selection = try catalog.architectures.select("transformer_tiny")
    try selection.draft.merge([
      "encoderEmbedDim": 4, "encoderFfnEmbedDim": 4, "encoderLayers": 1, "decoderLayers": 1,
      "encoderAttentionHeads": 1, "decoderAttentionHeads": 1, "shareAllEmbeddings": true,
    ])
    let model = try selection.build(ModelContext(task: task, seed: 3))
    try Files.makeFolder("model")
    try TensorFile.write(
      model.parameters.entries.map {
        let view = model.parameters.view(of: $0, in: model.parameters.values)
        return ($0.name, $0.shape.dimensions, view.scalars)
      }, to: "model/model.safetensors")
    try Files.write("a 1\n".utf8, "model/dict.txt")
  }

  func seeds() throws -> [[UInt8]] {
    let seed = """
      {"arch": "transformer_tiny", "embed_dim": 4, "ffn_dim": 4, "heads": 1, "encoder_layers": 1,
      "decoder_layers": 1, "share": "all", "vocab": 5, "max_source_positions": 16,
      "max_target_positions": 16, "source_lang": "en", "target_lang": "de"}
      """
    return [Array(seed.utf8)]
  }

  var tokens: [String] { Hostile.numbers + ["null", "[]", "{}", "\"\"", "model_type"] }

  func variant(of bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8]? {
    JSONVariants.variant(of: bytes, &numbers)
  }

  func read(_ bytes: [UInt8]) throws {
    try Files.write(bytes, "model/config.json")
    let file = try ModelFile.load("model", importers: catalog.importers)
    _ = try? file.makeTask(catalog)
    _ = try file.makeModel(catalog)
  }
}

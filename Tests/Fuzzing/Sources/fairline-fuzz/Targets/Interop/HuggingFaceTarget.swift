import Fairline
import FairlineData
import FairlineInterop
import FairlineModels
import FairlineTasks
import FairlineTesting

/// The settings, vocabularies and piece models of folders that transformers wrote.
///
/// The first line of an input names a file of a folder, the rest is what stands in it.
struct HuggingFaceTarget: FuzzTarget {
  private let catalog: Catalog
  private let sound: [String: [UInt8]]

  init() throws {
    catalog = try Catalog([
      StandardTraining.self, StandardTasks.self, StandardTokenizers.self, StandardModels.self,
      StandardImporters.self,
    ])
    var sound: [String: [UInt8]] = [:]
    for (model, names) in [
      (
        "marian-separate-relu",
        ["config.json", "vocab.json", "target_vocab.json", "generation_config.json", "source.spm"]
      ),
      ("m2m100-tiny", ["config.json", "vocab.json", "sentencepiece.bpe.model"]),
      ("mbart50-tiny", ["config.json", "generation_config.json", "tokenizer_config.json"]),
    ] {
      try Fixtures.copyModel(model, to: model)
      for name in names { sound["\(model)/\(name)"] = try Files.bytes("\(model)/\(name)") }
    }
    self.sound = sound
  }

  func seeds() -> [[UInt8]] { sound.sorted { $0.key < $1.key }.map { Array("\($0)\n".utf8) + $1 } }

  var tokens: [String] {
    Hostile.numbers + sound.keys.map { "\($0)\n" } + [
      "null", "[]", "{}", "model_type", "d_model", "encoder_layers", "vocab_size", "pad_token_id",
      "max_position_embeddings", "forced_bos_token_id", "num_beams", "max_length",
    ]
  }

  func variant(of bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8]? {
    guard let end = bytes.firstIndex(of: 0x0A) else { return nil }
    return JSONVariants.variant(of: bytes[end...], &numbers).map { bytes[..<end] + $0 }
  }

  func read(_ bytes: [UInt8]) throws {
    guard let end = bytes.firstIndex(of: 0x0A) else { throw UserError("no file is named") }
    let path = String(decoding: bytes[..<end], as: UTF8.self)
    guard let whole = sound[path], let folder = path.split(separator: "/").first else {
      throw UserError("no file of this name")
    }
    try Files.write(bytes[(end + 1)...], path)
    defer { try? Files.write(whole, path) }
    let file = try ModelFile.load(String(folder), importers: catalog.importers)
    _ = try? file.makeTask(catalog)
    _ = try file.makeModel(catalog)
  }
}

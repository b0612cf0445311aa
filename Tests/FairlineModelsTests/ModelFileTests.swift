import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite struct ModelFileTests {
  static let folders =
    FixtureFolder("fairseq/models").folders
    + [FixtureFolder("m30k-small").url].filter { FileManager.default.fileExists(atPath: $0.path) }

  @Test(.enabled(if: !folders.isEmpty, "the fixtures are not there"), arguments: folders)
  func readsFilesWithFairseqNames(_ folder: URL) throws {
    let catalog = try Catalog([StandardTraining.self, StandardModels.self])
    let path = folder.appendingPathComponent("model.safetensors").path
    let file = try ModelFile.load(path, importers: catalog.importers)
    let model = try file.makeModel(catalog)
    for entry in model.parameters.entries {
      let expected = try file.parameters.floats(entry.name)
      let found = model.parameters.view(of: entry, in: model.parameters.values)
      #expect(mismatch(found.scalars, expected, absolute: 0) == nil, "\(entry.name)")
    }
    #expect(try file.assets()["dict.src"]?.isEmpty == false)
  }

  @Test func takesFusedAndRenamedTensorsApart() throws {
    let catalog = try Catalog([StandardTraining.self, StandardModels.self])
    let task = TaskDescription(sourceSymbols: 9, targetSymbols: 9, sharesVocabulary: true)
    let selection = try catalog.architectures.select("transformer_tiny")
    try selection.draft.merge(["shareAllEmbeddings": true])
    let model = try selection.build(ModelContext(task: task, seed: 3))
    try withTemporaryFolder { folder in
      var tensors: [(name: String, shape: [Int], values: [Float])] = []
      var fused: [String: [(Int, [Float])]] = [:]
      for entry in model.parameters.entries {
        let values = model.parameters.view(of: entry, in: model.parameters.values).scalars
        let parts = entry.name.components(separatedBy: "_proj.")
        if let letter = "qkv".firstIndex(of: parts[0].last ?? "-"), parts.count == 2 {
          let path = parts[0].dropLast() + "in_proj_" + parts[1]
          fused[String(path), default: []].append(
            ("qkv".distance(from: "qkv".startIndex, to: letter), values))
          continue
        }
        let name = entry.name.replacing("self_attn_layer_norm", with: "layer_norms.0")
          .replacing("encoder_attn_layer_norm", with: "layer_norms.1")
          .replacing(
            "final_layer_norm",
            with: entry.name.hasPrefix("encoder") ? "layer_norms.1" : "layer_norms.2")
        tensors.append((name, entry.shape.dimensions, values))
      }
      for (name, blocks) in fused {
        let values = blocks.sorted { $0.0 < $1.0 }.flatMap(\.1)
        tensors.append((name, name.hasSuffix("bias") ? [192] : [192, 64], values))
      }
      tensors.append(("encoder.version", [1], [3]))
      let path = folder.appendingPathComponent("model.safetensors").path
      try TensorFile.write(tensors, to: path)
      try Data(#"{"arch": "transformer_tiny", "share": "all", "vocab": 9}"#.utf8)
        .write(to: folder.appendingPathComponent("config.json"))
      try Data("a 1\n".utf8).write(to: folder.appendingPathComponent("dict.txt"))
      let read = try ModelFile.load(path, importers: catalog.importers).makeModel(catalog)
      #expect(read.parameters.values.scalars == model.parameters.values.scalars)
      let wrong = try ModelFile.load(path, importers: catalog.importers)
      #expect(throws: UserError.self) {
        _ = try wrong.makeModel(catalog, overrides: ["encoderLayers": 3])
      }
    }
  }

  @Test func refusesPicklesWithARemedy() throws {
    #expect(throws: UserError.self) { _ = try ModelFile.load("checkpoint_best.pt") }
  }
}

import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite struct ModelFileTests {
  /// The small models, and trained ones with what they translate.
  static let folders =
    FixtureFolder.all("fairseq/models").flatMap(\.folders)
    + FixtureFolder.roots().flatMap(\.folders).filter {
      FixtureFolder($0).contains("model.safetensors")
    }

  @Test func thereAreModels() { #expect(Self.folders.count > 1) }

  @Test(arguments: folders)
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

  /// Files of other programs are compared with the checksums beside them.
  @Test func aListOfChecksumsIsCompared() throws {
    try withTemporaryFolder { folder in
      let source = try #require(Self.folders.first { FixtureFolder($0).contains("config.json") })
      let catalog = try Catalog([StandardTraining.self, StandardModels.self])
      let names = try FileManager.default.contentsOfDirectory(atPath: source.path)
        .filter { $0 != "README.md" }.sorted()
      var list = ""
      for name in names {
        let data = try Data(contentsOf: source.appendingPathComponent(name))
        try data.write(to: folder.appendingPathComponent(name))
        let sum = String(data.withUnsafeBytes { XXH64.hash($0) }, radix: 16)
        list += String(repeating: "0", count: 16 - sum.count) + sum + "  \(name)\n"
      }
      #expect(names.contains("config.json") && names.contains("model.safetensors"))
      let path = folder.appendingPathComponent("xxh64sums.txt")
      try Data(list.utf8).write(to: path)
      func load(_ name: String) throws {
        let file = folder.appendingPathComponent(name).path
        _ = try ModelFile.load(file, importers: catalog.importers).makeModel(catalog)
      }
      try load("")
      try load("model.safetensors")
      for name in names where name.hasSuffix(".json") || name.hasSuffix(".txt") {
        let url = folder.appendingPathComponent(name)
        let data = try Data(contentsOf: url)
        try (data + Data(" ".utf8)).write(to: url)
        let sentence = message { try load("model.safetensors") }
        #expect(sentence.contains("\(name)' is damaged or was changed"), "\(sentence)")
        try FileManager.default.removeItem(at: url)
        #expect(message { try load("model.safetensors") }.contains(name))
        try data.write(to: url)
      }
      for wrong in ["x", "0123456789abcdef", "0123456789abcdeg  config.json"] {
        try Data((list + wrong + "\n").utf8).write(to: path)
        #expect(message { try load("") }.contains("line \(names.count + 1) of"))
      }
    }
  }
}

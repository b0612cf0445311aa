import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Two thousand damaged copies of checkpoints and imported models: each is refused with a
/// sentence or changes nothing.
@Suite struct ModelMutationTests {
  private let catalog: Catalog
  private let model: any Model
  private let header: CheckpointHeader

  init() throws {
    catalog = try Catalog([StandardTraining.self, StandardModels.self])
    let task = TaskDescription(
      sourceSymbols: 9, targetSymbols: 9, sharesVocabulary: true, maximumSourcePositions: 32,
      maximumTargetPositions: 32)
    let selection = try catalog.architectures.select("transformer_tiny")
    try selection.draft.merge([
      "encoderEmbedDim": 8, "encoderFfnEmbedDim": 8, "encoderLayers": 1, "decoderLayers": 1,
      "shareAllEmbeddings": true,
    ])
    model = try selection.build(ModelContext(task: task, seed: 3))
    var header = CheckpointHeader(
      architecture: try ComponentRecord(selection),
      task: ComponentRecord(name: "translation"), description: task)
    header.identity = ["source dictionary": "0123", "target dictionary": "0123"]
    header.progress = TrainingProgress()
    self.header = header
  }

  /// What a file says: its header and its parameters; nil when it is refused with a sentence.
  private func content(_ path: String) -> (CheckpointHeader, [UInt32])? {
    do {
      let file = try ModelFile.load(path, importers: catalog.importers)
      let values = try file.makeModel(catalog).parameters.values.scalars
      return (file.header, values.map(\.bitPattern))
    } catch {
      let sentence = "\(error)"
      #expect(sentence.count > 20, "\(sentence)")
      return nil
    }
  }

  private func write(_ bytes: [UInt8], _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  @Test(arguments: ["a.safetensors", "a.safetensors.zst"])
  func damagedCheckpointsAreRefused(_ name: String) throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent(name).path
      try CheckpointContents(header: header, parameters: model.parameters).write(to: path)
      let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      let whole = try #require(content(path))
      var mutations = Mutations(seed: 11)
      var refused = 0
      for number in 0..<500 {
        // Every other damage lies in the header, which is the smaller part.
        let range = number % 2 == 0 ? 0..<min(4000, bytes.count) : nil
        try write(mutations.next(of: bytes, in: range), path)
        guard let found = content(path) else {
          refused += 1
          continue
        }
        #expect(found.0 == whole.0 && found.1 == whole.1, "damage \(number)")
      }
      #expect(refused > 400)
    }
  }

  @Test func headersWithValidChecksumsDoNotStopTheProcess() throws {
    // The damage is done before the checksums are computed.
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("a.safetensors").path
      let whole = try JSONValue(encoding: header).compactText
      let place = try #require(whole.firstRange(of: #""description":"#))
      let start = whole.utf8.distance(from: whole.startIndex, to: place.lowerBound)
      let text = Array(whole.utf8)
      var mutations = Mutations(seed: 12)
      let entries = model.parameters.entries
      var refused = 0
      for _ in 0..<250 {
        let damaged = String(
          decoding: mutations.next(of: text, in: start..<text.count), as: UTF8.self)
        let writer = try TensorFileWriter(
          path: path, tensors: entries.map { TensorDeclaration($0.name, $0.shape.dimensions) },
          metadata: ["checkpoint": damaged])
        for entry in entries {
          let view = model.parameters.view(of: entry, in: model.parameters.values)
          try writer.write(entry.name, view.scalars)
        }
        try writer.finish()
        if content(path) == nil { refused += 1 }
      }
      #expect(refused > 50)
    }
  }

  @Test func damagedSettingsBesideTensorsAreRefusedOrHarmless() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("model.safetensors").path
      let entries = model.parameters.entries
      try TensorFile.write(
        entries.map {
          let view = model.parameters.view(of: $0, in: model.parameters.values)
          return ($0.name, $0.shape.dimensions, view.scalars)
        }, to: path)
      let settings = folder.appendingPathComponent("config.json").path
      let text = Array(
        #"""
        {"arch": "transformer_tiny", "embed_dim": 8, "ffn_dim": 8, "encoder_layers": 1,
        "decoder_layers": 1, "share": "all", "vocab": 9, "max_source_positions": 32,
        "max_target_positions": 32}
        """#.utf8)
      try Data("a 1\n".utf8).write(to: folder.appendingPathComponent("dict.txt"))
      try write(text, settings)
      let whole = try #require(content(path))
      #expect(whole.1 == model.parameters.values.scalars.map(\.bitPattern))
      #expect(try #require(content(folder.path)).1 == whole.1)
      let sizes = try #require(text.firstRange(of: Array(#""share""#.utf8)))
      var mutations = Mutations(seed: 13)
      var refused = 0
      for number in 0..<250 {
        try write(mutations.next(of: text, in: sizes.lowerBound..<text.count), settings)
        guard let found = content(path) else {
          refused += 1
          continue
        }
        #expect(found.1 == whole.1, "damage \(number)")
      }
      #expect(refused > 100)
    }
  }
}

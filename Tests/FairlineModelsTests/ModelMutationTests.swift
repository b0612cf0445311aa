import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Some two thousand damaged copies of checkpoints and imported models: each is refused with a
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
      let text = Array(try JSONValue(encoding: header).compactText.utf8)
      var mutations = Mutations(seed: 12)
      var refused = 0
      for _ in 0..<400 {
        let damaged = String(decoding: mutations.next(of: text), as: UTF8.self)
        try write(header: damaged, path)
        if content(path) == nil { refused += 1 }
      }
      #expect(refused > 100)
      // Each number by itself, at the values at which arithmetic ends.
      var (numbers, accepted) = (0, 0)
      let whole = try #require(
        try content(path: path, header: String(decoding: text, as: UTF8.self)))
      try forEachNumber(in: try JSONValue(encoding: header)) { place, damaged in
        numbers += 1
        if let found = try content(path: path, header: damaged.compactText) {
          accepted += 1
          #expect(found.1 == whole.1, "\(place)")
        }
      }
      #expect(numbers > 20 * Self.nasty.count)
      #expect(accepted > 0 && accepted < numbers)
    }
  }

  /// What a checkpoint with these parameters and another header says.
  private func content(path: String, header: String) throws -> (CheckpointHeader, [UInt32])? {
    try write(header: header, path)
    return content(path)
  }

  private func write(header: String, _ path: String) throws {
    let entries = model.parameters.entries
    let writer = try TensorFileWriter(
      path: path, tensors: entries.map { TensorDeclaration($0.name, $0.shape.dimensions) },
      metadata: ["checkpoint": header])
    for entry in entries {
      let view = model.parameters.view(of: entry, in: model.parameters.values)
      try writer.write(entry.name, view.scalars)
    }
    try writer.finish()
  }

  /// Numbers that no setting and no count can have, or few can.
  private static let nasty: [JSONValue] = [
    -1, 0, 1000, .integer(.max), .integer(.min), .integer(1 << 31), 1_000_000_000_000, 1e308, -0.5,
  ]

  /// Shows the document with each of its numbers replaced by each nasty one.
  private func forEachNumber(
    in document: JSONValue, _ show: (_ place: String, JSONValue) throws -> Void
  ) throws {
    func visit(
      _ value: JSONValue, _ path: String, _ whole: (JSONValue) -> JSONValue
    ) throws {
      switch value {
      case .integer, .number:
        for number in Self.nasty { try show("\(path) \(number.compactText)", whole(number)) }
      case .object(let members):
        for (key, member) in members {
          try visit(member, path + "." + key) { changed in
            var copy = members
            copy[key] = changed
            return whole(.object(copy))
          }
        }
      default: break
      }
    }
    try visit(document, "") { $0 }
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
      var mutations = Mutations(seed: 13)
      var refused = 0
      for number in 0..<400 {
        try write(mutations.next(of: text), settings)
        guard let found = content(path) else {
          refused += 1
          continue
        }
        #expect(found.1 == whole.1, "damage \(number)")
      }
      #expect(refused > 100)
      var (numbers, accepted) = (0, 0)
      try forEachNumber(in: try Self.everySetting()) { place, damaged in
        numbers += 1
        try write(Array(damaged.compactText.utf8), settings)
        if let found = content(path) {
          accepted += 1
          #expect(found.1 == whole.1, "\(place)")
        }
      }
      #expect(numbers > 20 * Self.nasty.count)
      #expect(accepted > 0 && accepted < numbers)
    }
  }

  /// A `config.json` that says every number that the architecture knows.
  private static func everySetting() throws -> JSONValue {
    try JSONValue(
      parsing: #"""
        {"arch": "transformer_tiny", "vocab": 9, "src_vocab": 9, "tgt_vocab": 9,
        "max_source_positions": 32, "max_target_positions": 32, "share": "all",
        "embed_dim": 8, "ffn_dim": 8, "heads": 2, "encoder_embed_dim": 8,
        "encoder_ffn_embed_dim": 8, "encoder_layers": 1, "encoder_attention_heads": 2,
        "encoder_layerdrop": 0.1, "decoder_embed_dim": 8, "decoder_ffn_embed_dim": 8,
        "decoder_layers": 1, "decoder_attention_heads": 2, "decoder_layerdrop": 0.1,
        "decoder_input_dim": 8, "decoder_output_dim": 8, "dropout": 0.1,
        "attention_dropout": 0.1, "activation_dropout": 0.1}
        """#)
  }
}

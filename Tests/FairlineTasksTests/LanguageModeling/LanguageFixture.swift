import Fairline
import FairlineData
import FairlineGeneration
import FairlineModels
import FairlineTasks
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// One of the reference's small language models, and what the reference computed with it.
struct LanguageFixture: Sendable, CustomTestStringConvertible {
  let folder: URL
  var testDescription: String { folder.lastPathComponent }

  /// The folders of models; what else lies beside them has tests of its own.
  static let all = FixtureFolder.all("fairseq-2/lm").flatMap(\.folders)
    .filter { $0.lastPathComponent != "data" }.map(LanguageFixture.init)

  /// Whether it has an adaptive softmax, which fairseq has with its own criterion only.
  var isAdaptive: Bool {
    get throws { try settings("criterion")["_name"]?.stringValue == "adaptive_loss" }
  }

  /// The text that all of them were trained on.
  var data: URL { folder.deletingLastPathComponent().appendingPathComponent("data/data-bin") }

  func json(_ name: String) throws -> JSONValue {
    try FixtureFolder.json(folder.appendingPathComponent(name + ".json"))
  }

  func tensors(_ name: String) throws -> TensorFile {
    try TensorFile(path: folder.appendingPathComponent(name + ".safetensors").path)
  }

  /// The settings of one group: model, task, criterion, optimizer.
  func settings(_ group: String) throws -> JSONValue {
    try #require(try json("config")["fairseq"]?[group])
  }

  var architecture: String {
    get throws { try settings("model")["_name"]?.stringValue ?? "" }
  }

  /// The model with its parameters.
  ///
  /// - Parameters:
  ///   - overrides: settings to lay over those of the file.
  ///   - fills: whether parameters are read from the file.
  func makeModel(
    overriding overrides: JSONValue = [:], fills: Bool = true
  ) throws -> any Model {
    let catalog = try Catalog([StandardTraining.self, StandardModels.self])
    let task = try settings("task")
    guard case .object(var model) = try settings("model").withPropertyNames else {
      throw UserError("no settings")
    }
    // fairseq notes cutoffs of recurrent models that have no use for them.
    if try !isAdaptive { model["adaptiveSoftmaxCutoff"] = nil }
    let selection = try catalog.architectures.select(try architecture)
    try selection.draft.merge(.object(model))
    try selection.draft.merge(overrides)
    let symbols = try #require(try json("config")["vocab"]?.integerValue)
    let length = try #require(task["max_target_positions"]?.integerValue)
    let description = TaskDescription(symbols: symbols, maximumPositions: length)
    let made = try selection.build(ModelContext(task: description))
    guard fills else { return made }
    let file = try tensors("model")
    for entry in made.parameters.entries {
      let floats = try file.floats(entry.name)
      floats.withUnsafeBufferPointer {
        made.parameters.write($0, to: entry, in: made.parameters.values)
      }
    }
    return made
  }

  /// Batch `a` or `b`, without padding.
  func batch(_ name: String) throws -> Batch {
    let batch = try #require(try json("batches")[name])
    func rows(_ key: String) throws -> [[Int32]] {
      try #require(batch[key]?.arrayValue).map { $0.symbols.filter { $0 != Vocabulary.pad } }
    }
    return Batch(
      ids: try #require(batch["id"]).symbols.map(Int.init), source: PackedTokens([]),
      decoderInput: PackedTokens(try rows("src_tokens")), target: try rows("target").flatMap { $0 })
  }

  /// What the reference trained with.
  func criterion() throws -> any Criterion {
    let catalog = try Catalog([StandardTraining.self, StandardModels.self])
    let record = try settings("criterion")
    let selection = try catalog.criteria.select(try #require(record["_name"]?.stringValue))
    return try selection.build(
      CriterionContext(task: TaskDescription(symbols: 56)))
  }
}

extension JSONValue {
  /// The same with the names of properties, `decoderLayers` for `decoder_layers`.
  var withPropertyNames: JSONValue {
    guard case .object(let members) = self else { return self }
    var result = JSONObject()
    for (key, value) in members { result[key.propertyName] = value }
    return .object(result)
  }
}

/// Rows of the reference, padded on the right, to be compared with packed ones.
struct PaddedRows {
  let numbers: [Float]
  let rows, times, channels: Int
  let timeFirst: Bool

  init(_ file: TensorFile, _ name: String, timeFirst: Bool = false) throws {
    let shape = try file.entry(name).shape
    numbers = try file.floats(name)
    (rows, times) = timeFirst ? (shape[1], shape[0]) : (shape[0], shape[1])
    channels = shape[2]
    self.timeFirst = timeFirst
  }

  /// What is wrong with packed rows; nil where all are close.
  func mismatch(_ packed: Tensor, _ segments: Segments, _ tolerance: Double) -> String? {
    var expected: [Float] = []
    for row in 0..<segments.count {
      for time in 0..<segments.length(row) {
        let first = (timeFirst ? time * rows + row : row * times + time) * channels
        expected += numbers[first..<(first + channels)]
      }
    }
    return FairlineTesting.mismatch(packed.scalars, expected, absolute: tolerance)
  }
}

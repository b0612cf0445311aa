import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// A small model that fairseq itself trained, with what fairseq computed with it; `config.json`
/// holds fairseq's own settings.
struct GoldenModel: Sendable, CustomTestStringConvertible {
  let folder: FixtureFolder
  var testDescription: String { folder.url.lastPathComponent }

  /// The models of folders of a part that hold a file.
  static func all(in parts: [FixtureFolder], with file: String = "model.safetensors") -> [Self] {
    parts.flatMap(\.folders).map { Self(folder: FixtureFolder($0)) }
      .filter { $0.folder.contains(file) }
  }

  /// fairseq's settings of the model, its training and its data.
  func options() throws -> JSONValue {
    try #require(try folder.json("config.json")["fairseq"]?["model"])
  }

  func tensors(_ name: String) throws -> TensorFile {
    try TensorFile(path: folder.url.appendingPathComponent(name + ".safetensors").path)
  }

  /// fairseq's settings under the names of properties, without those that are null.
  static func settings(_ options: JSONValue) throws -> JSONValue {
    guard case .object(let members) = options else { throw UserError("no settings") }
    var result = JSONObject()
    for (key, value) in members where value != .null { result[key.propertyName] = value }
    // fairseq notes cutoffs of recurrent models that have no use for them.
    if let criterion = members["criterion"]?.stringValue, criterion != "adaptive_loss" {
      result["adaptiveSoftmaxCutoff"] = nil
    }
    return .object(result)
  }

  func task() throws -> TaskDescription {
    let config = try folder.json("config.json")
    func number(_ name: String) -> Int? { config[name]?.integerValue }
    if config["kind"]?.stringValue == "language_modeling" {
      return TaskDescription(symbols: try #require(number("vocab")), maximumPositions: 64)
    }
    let positions = try options()["max_source_positions"]?.integerValue ?? 1024
    let source = try #require(number("src_vocab") ?? number("vocab"))
    return TaskDescription(
      sourceSymbols: source, targetSymbols: number("tgt_vocab") ?? source,
      sharesVocabulary: config["joined_dictionary"]?.boolValue ?? folder.contains("dict.txt"),
      maximumSourcePositions: positions, maximumTargetPositions: positions)
  }

  /// The model with its parameters.
  ///
  /// - Parameter overrides: settings to lay over those of the file.
  func makeModel(overriding overrides: JSONValue = [:]) throws -> any Model {
    let catalog = try Catalog([StandardTraining.self, StandardModels.self])
    let options = try options()
    let name = try #require(options["arch"]?.stringValue)
    let selection = try catalog.architectures.select(name)
    try selection.draft.merge(Self.settings(options))
    try selection.draft.merge(Self.settings(overrides))
    let model = try selection.build(ModelContext(task: try task(), seed: 1))
    try fill(model, from: "model", ignoringOthers: overrides != [:])
    return model
  }

  /// Overwrites the parameters with those of a file, which must hold no others.
  func fill(_ model: any Model, from name: String, ignoringOthers: Bool = false) throws {
    let file = try tensors(name)
    let source = try model.fileNames.applied(to: file.parameters)
    var unused = Set(source.names)
    let parameters = model.parameters
    for entry in parameters.entries {
      let aliases = parameters.aliases.filter { $0.value == entry.name }.map(\.key)
      let found = try #require(
        ([entry.name] + aliases).first(where: unused.contains), "\(entry.name) is missing")
      #expect(source.shape(of: found) == entry.shape.dimensions, "\(found)")
      let floats = try source.floats(found)
      floats.withUnsafeBufferPointer { parameters.write($0, to: entry, in: parameters.values) }
      unused.subtract([entry.name] + aliases)
    }
    #expect(ignoringOthers || unused.isEmpty, "not used: \(unused.sorted())")
  }

  /// A batch as fairseq collated it, padding taken off.
  func batch(_ json: JSONValue) throws -> Batch {
    func rows(_ key: String) throws -> [[Int32]] {
      try #require(json[key]?.arrayValue).map { row in
        (row.arrayValue ?? []).compactMap { $0.integerValue.map(Int32.init) }.filter { $0 != 1 }
      }
    }
    let ids = try #require(json["id"]?.arrayValue).compactMap(\.integerValue)
    let (sources, targets) = (try rows("src_tokens"), try rows("target"))
    if try folder.json("config.json")["kind"]?.stringValue == "language_modeling" {
      return Batch(
        ids: ids, source: PackedTokens([]), decoderInput: PackedTokens(sources),
        target: targets.flatMap { $0 })
    }
    var batch = Batch.pairs(ids: ids, sources: sources, targets: targets)
    if let pairs = json["alignment_pairs"]?.arrayValue {
      batch.alignments = ids.map { id in
        let places = (pairs[id].arrayValue ?? []).compactMap(\.integerValue)
        return stride(from: 0, to: places.count, by: 2).map {
          Batch.Link(source: places[$0], target: places[$0 + 1])
        }
      }
    }
    return batch
  }

  func batch(named name: String) throws -> Batch {
    try batch(try #require(try folder.json("batches.json")[name]))
  }

  /// The criterion that the model was trained with.
  func criterion() throws -> any Criterion {
    let options = try options()
    let catalog = try Catalog([StandardTraining.self, StandardModels.self])
    let selection = try catalog.criteria.select(
      try #require(options["criterion"]?.stringValue))
    try selection.draft.merge(Self.settings(options))
    return try selection.build(CriterionContext(task: try task()))
  }

  /// The optimizer that the model was trained with.
  func optimizer(_ parameters: ParameterSet) throws -> Adam {
    let options = try options()
    var settings = Adam.Settings()
    let betas = try #require(options["adam_betas"]?.stringValue)
    settings.adamBetas = betas.split { "(), ".contains($0) }.compactMap { Double($0) }
    settings.adamEps = try #require(options["adam_eps"]?.doubleValue)
    settings.weightDecay = try #require(options["weight_decay"]?.doubleValue)
    return try Adam(settings, parameters)
  }
}

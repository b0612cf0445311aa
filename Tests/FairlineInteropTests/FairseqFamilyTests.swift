import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// Every architecture of fairseq in a `.pt`, made from fairseq's own settings and tensors.
@Suite struct FairseqFamilyTests {
  /// A folder of a model that fairseq trained.
  struct Model: Sendable, CustomTestStringConvertible {
    let folder: FixtureFolder
    var testDescription: String { folder.url.lastPathComponent }
  }

  static let all = ["arch", "fconv", "lm", "lstm", "search"]
    .flatMap { FixtureFolder.all("fairseq-2/" + $0) }.flatMap(\.folders)
    .map { Model(folder: FixtureFolder($0)) }
    .filter { $0.folder.contains("model.safetensors") }

  private let catalog: Catalog

  init() throws { catalog = try importingCatalog() }

  @Test func everyFamilyIsThere() throws {
    let names = try Self.all.map { try architecture($0) }
    #expect(
      Set(names).isSuperset(of: [
        "transformer", "transformer_align", "fconv", "lstm", "lstm_lm", "transformer_lm",
      ]))
  }

  private func options(_ model: Model) throws -> (model: JSONObject, isLanguageModel: Bool) {
    let config = try model.folder.json("config.json")
    guard case .object(let options)? = config["fairseq"]?["model"] else {
      throw UserError("no settings")
    }
    let kind = try #require(config["kind"]?.stringValue)
    return (options, kind == "language_modeling" || kind == "transformer_lm")
  }

  private func architecture(_ model: Model) throws -> String {
    let options = try options(model).model
    return try #require((options["arch"] ?? options["_name"])?.stringValue)
  }

  /// Whether the architecture has all settings of a model.
  private func isKnown(_ model: Model) throws -> Bool {
    let (options, _) = try options(model)
    let family = try architecture(model)
    let draft = try catalog.architectures.select(family).draft
    return ["adaptive_softmax_cutoff", "adaptive_input"].allSatisfy { name -> Bool in
      let value = options[name] ?? .null
      let isAsked = value != .null && value != .bool(false)
      return !isAsked || draft.formats.contains { $0.names.contains(name.flagName) }
    }
  }

  /// Old versions had another flag for what adaptive embeddings and softmax share, and language
  /// models without a last normalisation.
  @Test func oldFilesOfAdaptiveModelsMeanTheSame() throws {
    let tied = try Self.all.filter {
      try options($0).model["tie_adaptive_proj"]?.boolValue == true
    }
    #expect(!tied.isEmpty)
    for model in tied {
      let golden = try TensorFile(
        path: model.folder.url.appendingPathComponent("model.safetensors").path)
      let tensors = try golden.entries.map { ($0.name, $0.shape, try golden.floats($0.name)) }
      var arguments = try options(model).model
      for name in ["tie_adaptive_proj", "no_decoder_final_norm"] { arguments[name] = nil }
      arguments["no_tie_adaptive_proj"] = false
      arguments["arch"] = .string(try architecture(model))
      arguments["task"] = "language_modeling"
      var flat = JSONObject()
      flat["args"] = .object(arguments)
      try withTemporaryFolder { folder in
        let path = folder.appendingPathComponent("model.pt").path
        let bytes = TorchWriter.file(flat, records: ["args"], tensors: tensors)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let made = try ModelFile.load(path, importers: catalog.importers).makeModel(catalog)
        #expect(made.hasAdaptiveSoftmax)
        for entry in made.parameters.entries {
          let found = made.parameters.view(of: entry, in: made.parameters.values).scalars
          #expect(try found == golden.floats(entry.name), "\(entry.name)")
        }
      }
    }
  }

  @Test(arguments: all) func parametersAreThoseOfTheFile(_ model: Model) throws {
    let (options, isLanguageModel) = try options(model)
    let golden = try TensorFile(
      path: model.folder.url.appendingPathComponent("model.safetensors").path)
    var tensors: [(name: String, shape: [Int], values: [Float])] = []
    for entry in golden.entries {
      tensors.append((entry.name, entry.shape, try golden.floats(entry.name)))
    }
    let name = try architecture(model)
    let task = isLanguageModel ? "language_modeling" : "translation"
    // As the newest version writes it, and as older ones did.
    var groups = JSONObject()
    var arguments = options
    let named: JSONValue = ["_name": .string(name)]
    groups["cfg"] = [
      "model": JSONValue.object(options).merging(named),
      "task": ["_name": .string(task), "tokens_per_sample": 64],
    ]
    arguments["arch"] = .string(name)
    arguments["task"] = .string(task)
    var flat = JSONObject()
    flat["args"] = .object(arguments)
    let forms: [(settings: JSONObject, records: Set<String>)] = [(groups, []), (flat, ["args"])]
    try withTemporaryFolder { folder in
      for (settings, records) in forms {
        let path = folder.appendingPathComponent("model.pt").path
        let bytes = TorchWriter.file(settings, records: records, tensors: tensors)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        if try !isKnown(model) {
          let sentence = refusal {
            _ = try ModelFile.load(path, importers: catalog.importers).makeModel(catalog)
          }
          #expect(!sentence.isEmpty)
          continue
        }
        let file = try ModelFile.load(path, importers: catalog.importers)
        let made = try file.makeModel(catalog)
        let parameters = made.parameters
        #expect(file.header.task.name == task && !parameters.entries.isEmpty)
        var compared = 0
        for entry in parameters.entries {
          guard golden[entry.name] != nil else { continue }
          compared += 1
          let found = parameters.view(of: entry, in: parameters.values).scalars
          #expect(try found == golden.floats(entry.name), "\(entry.name)")
        }
        #expect(compared * 2 > parameters.entries.count)
      }
    }
  }
}

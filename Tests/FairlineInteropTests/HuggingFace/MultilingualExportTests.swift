import Fairline
import FairlineGeneration
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// Models of many languages go back to Hugging Face's form with the same numbers and settings.
@Suite struct MultilingualExportTests {
  private let catalog: Catalog

  init() throws { catalog = try importingCatalog() }

  static let fixtures = HuggingFaceFixture.all.filter { ["m2m_100", "mbart"].contains($0.kind) }

  private func load(_ path: String) throws -> ModelFile {
    try ModelFile.load(path, importers: catalog.importers)
  }

  @Test func bothFamiliesAreThere() { #expect(Set(Self.fixtures.map(\.kind)).count == 2) }

  @Test(arguments: fixtures) func whatCameFromThereGoesBack(_ fixture: HuggingFaceFixture) throws {
    try withTemporaryFolder { place in
      let file = try load(fixture.path)
      let notes = try catalog.exporters["huggingface"].write(
        ExportedModel(file, catalog), to: place.path)
      #expect(notes.isEmpty, "\(notes)")
      // The same tensors, to the last bit.
      let original = URL(fileURLWithPath: fixture.path)
      let name = "model.safetensors"
      let theirs = try TensorFile(path: original.appendingPathComponent(name).path)
      let own = try TensorFile(path: place.appendingPathComponent(name).path)
      #expect(Set(own.names) == Set(theirs.names))
      for name in theirs.names {
        #expect(try own.entry(name).shape == theirs.entry(name).shape, "\(name)")
        #expect(try own.floats(name) == theirs.floats(name), "\(name)")
      }
      // The same settings, where the original says them.
      let config = try FixtureFolder.json(place.appendingPathComponent("config.json"))
      guard case .object(let members) = try fixture.folder.json("model/config.json") else {
        throw UserError("no settings")
      }
      // Rates of dropout are settings of a training, which an imported model does not keep.
      let others: Set = [
        "dropout", "attention_dropout", "activation_dropout", "init_std", "transformers_version",
        "classifier_dropout", "forced_eos_token_id",
      ]
      for (key, value) in members where !others.contains(key) {
        // A rate of 0 may be written as a whole number.
        let number = value.doubleValue
        let isSame = config[key] == value || number != nil && config[key]?.doubleValue == number
        #expect(isSame, "\(key): \(value.compactText)")
      }
      for name in ["vocab.json", "sentencepiece.bpe.model"] {
        let url = original.appendingPathComponent(name)
        let written = place.appendingPathComponent(name)
        #expect(
          FileManager.default.fileExists(atPath: written.path)
            == FileManager.default.fileExists(atPath: url.path))
        guard FileManager.default.fileExists(atPath: url.path) else { continue }
        if name.hasSuffix("json") {
          #expect(try FixtureFolder.json(written) == FixtureFolder.json(url))
        } else {
          #expect(try Data(contentsOf: written) == Data(contentsOf: url))
        }
      }
      // And the same model when it is read again.
      let again = try load(place.path)
      #expect(again.header.task == file.header.task)
      #expect(
        try TranslatorSettings(for: again).search == TranslatorSettings(for: file).search)
      #expect(try again.makeTask(catalog).identity == file.makeTask(catalog).identity)
    }
  }

  @Test func whatTheFamiliesDoNotHaveIsRefused() throws {
    let fixture = try #require(Self.fixtures.first { $0.kind == "m2m_100" })
    let file = try load(fixture.path)
    func refused(_ change: (inout JSONObject) -> Void) throws -> String {
      guard case .object(var task) = file.header.task.settings else { return "" }
      change(&task)
      var header = file.header
      header.task = ComponentRecord(name: header.task.name, settings: .object(task))
      return try withTemporaryFolder { place in
        let path = place.appendingPathComponent("model.safetensors").path
        let model = try file.makeModel(catalog)
        try CheckpointContents(
          header: header, parameters: model.parameters, assets: file.makeTask(catalog).assets
        ).write(to: path)
        return refusal {
          _ = try catalog.exporters["huggingface"].write(
            ExportedModel(load(path), catalog), to: place.path)
        }
      }
    }
    let others = try refused { $0["languageTokens"] = "<{}>" }
    #expect(!others.isEmpty && !others.contains("\n"), "\(others)")
    #expect(try refused { $0["sourceEnd"] = false }.contains("without an end"))
  }
}

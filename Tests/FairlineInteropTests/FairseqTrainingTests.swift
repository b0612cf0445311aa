import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

import FairlineInterop

/// Training goes on from fairseq's checkpoints, with Adam's moments.
@Suite struct FairseqTrainingTests {
  private let catalog: Catalog

  init() throws { catalog = try importingCatalog() }

  private func settings(_ path: String, _ folder: URL) -> CheckpointSettings {
    var settings = CheckpointSettings()
    settings.restoreFile = path
    settings.saveDir = folder.appendingPathComponent("none").path
    return settings
  }

  private func adam(_ model: any Model) throws -> Adam {
    try Adam(Adam.Settings(), model.parameters)
  }

  @Test func momentsOfRealCheckpointsBelongToTheirParameters() throws {
    let folder = try #require(FixtureFolder.all("fairseq-2/checkpoints").first)
    let expected = try folder.json("expected.json")
    let golden = try TensorFile(
      path: folder.url.appendingPathComponent("new-format-1.optimizer.safetensors").path)
    for name in ["new-format-1.pt", "old-format-0.10.pt", "old-format-0.9-legacy-tar.pt"] {
      let path = folder.url.appendingPathComponent(name).path
      let restoration = try #require(
        try Restoration(settings(path, folder.url), importers: catalog.importers))
      #expect(
        try restoration.optimizerSettings(for: "adam")?["adamBetas"]
          == .array([.number(0.9), .number(0.98)]))
      #expect(refusal { _ = try restoration.optimizerSettings(for: "sgd") }.contains("adam"))
      let model = try restoration.file.makeModel(catalog)
      let optimizer = try adam(model)
      let progress = try restoration.restore(
        model, optimizer, identity: [:], criterion: "label_smoothed_cross_entropy", seed: 1)
      #expect(progress.updates == 3 && optimizer.stepCount == 3 && progress.epoch == 2)
      #expect(progress.seed == 2200 && progress.offset == 0)
      #expect(
        refusal {
          _ = try restoration.restore(
            model, optimizer, identity: [:], criterion: "cross_entropy", seed: 1)
        }.contains("label_smoothed_cross_entropy"))
      guard name.hasPrefix("new") else { continue }
      // torch numbers the parameters in the order of the model, each once.
      guard case .object(let members)? = expected["structure"]?[name]?["model"] else {
        Issue.record("no list of tensors")
        continue
      }
      let aliases = model.parameters.aliases
      let order = members.map(\.key).filter {
        !$0.hasSuffix("version") && !$0.hasSuffix("_float_tensor") && aliases[$0] == nil
      }
      #expect(order.count == model.parameters.entries.count)
      for (number, parameter) in order.enumerated() {
        let entry = try #require(model.parameters.entries.first { $0.name == parameter })
        for part in optimizer.state {
          let view = model.parameters.view(of: entry, in: part.values)
          #expect(try view.scalars == golden.floats("\(number).\(part.name)"), "\(parameter)")
        }
      }
    }
  }

  @Test func modelsWithoutStateSaySo() throws {
    let folder = try #require(FixtureFolder.all("fairseq-2/checkpoints").first)
    let path = folder.url.appendingPathComponent("new-format-fp16-noopt.pt").path
    let file = try ModelFile.load(path, importers: catalog.importers)
    #expect(file.imported?.training == nil)
    #expect(file.imported?.trainingIsLost?.contains("without the optimizer's state") == true)
  }

  // MARK: - Files written here

  /// A small model of fairseq's with tables that are tied, and the state of its optimizer.
  private struct Written {
    var settings = JSONObject()
    var tensors: [(name: String, shape: [Int], values: [Float])] = []
    var state = TorchWriter.OptimizerState(group: JSONObject(), moments: [])
    var bytes: [UInt8] {
      TorchWriter.file(settings, records: ["args"], tensors: tensors, optimizer: state)
    }

    init() throws {
      let model = try Transformer(
        TransformerSettings.tiny,
        for: TaskDescription(
          sourceSymbols: 9, targetSymbols: 9, sharesVocabulary: true,
          maximumSourcePositions: 30, maximumTargetPositions: 30), seed: 2)
      state.group["betas"] = .array([.number(0.8), .number(0.95)])
      state.group["eps"] = .number(1e-6)
      state.group["weight_decay"] = .number(0.01)
      state.group["amsgrad"] = false
      var numbers = SeededNumbers(seed: 5)
      for entry in model.parameters.entries {
        let values = model.parameters.view(of: entry, in: model.parameters.values).scalars
        let shape = entry.shape.dimensions
        tensors.append((entry.name, shape, values))
        state.moments.append(
          ["exp_avg", "exp_avg_sq"].map { name in
            (name, shape, values.map { _ in Float.random(in: 0...1, using: &numbers) })
          })
      }
      // What was moved from another device holds copies of tables.
      for (alias, name) in model.parameters.aliases.sorted(by: { $0.key < $1.key }) {
        guard let first = tensors.first(where: { $0.name == name }) else { continue }
        tensors.append((alias, first.shape, first.values))
      }
      let configuration = try JSONValue(encoding: TransformerSettings.tiny)
      var arguments = JSONObject()
      guard case .object(let members) = configuration else {
        throw UserError("the settings are no object")
      }
      for (key, value) in members { arguments[key] = value }
      arguments["arch"] = "transformer"
      arguments["optimizer"] = "adam"
      arguments["criterion"] = "cross_entropy"
      arguments["seed"] = 11
      arguments["max_positions"] = 30
      settings["args"] = .object(arguments)
      settings["optimizer_history"] = [["num_updates": 40]]
      settings["extra_state"] = [
        "train_iterator": ["epoch": 4, "iterations_in_epoch": 0],
        "previous_training_time": .number(12.5),
      ]
    }
  }

  /// What comes of a file: the optimizer's state and the progress, or why nothing does.
  private func restored(
    _ written: Written, in folder: URL
  ) throws -> (state: [[Float]], progress: TrainingProgress, note: String?) {
    let url = folder.appendingPathComponent("model.pt")
    try Data(written.bytes).write(to: url)
    let restoration = try #require(
      try Restoration(settings(url.path, folder), importers: catalog.importers))
    let model = try restoration.file.makeModel(catalog)
    let optimizer = try adam(model)
    let progress = try restoration.restore(
      model, optimizer, identity: [:], criterion: "cross_entropy", seed: 1)
    return (
      optimizer.state.map(\.values.scalars), progress,
      restoration.file.imported?.trainingIsLost
    )
  }

  @Test func statesByParameterAndInOneRowAreTakenOver() throws {
    try withTemporaryFolder { folder in
      var written = try Written()
      let wanted = [0, 1].map { part in written.state.moments.flatMap { $0[part].values } }
      let apart = try restored(written, in: folder)
      #expect(apart.note == nil && apart.state == wanted)
      #expect(apart.progress.updates == 40 && apart.progress.epoch == 4)
      #expect(apart.progress.seed == 11 && apart.progress.seconds == 12.5)
      // Without the copies of tables, as processors' files are.
      let count = written.state.moments.count
      written.tensors = Array(written.tensors[..<count])
      #expect(try restored(written, in: folder).state == wanted)
      written.state.moments = [
        zip(["exp_avg", "exp_avg_sq"], wanted).map { ($0, [$1.count], $1) }
      ]
      #expect(try restored(written, in: folder).state == wanted)
    }
  }

  @Test func otherStatesAreLeftOutWithAReason() throws {
    func change(_ change: (inout Written) throws -> Void) throws -> Written {
      var written = try Written()
      try change(&written)
      return written
    }
    func argument(_ key: String, _ value: JSONValue) throws -> Written {
      try change {
        guard case .object(var arguments)? = $0.settings["args"] else {
          throw UserError("there are no arguments")
        }
        arguments[key] = value
        $0.settings["args"] = .object(arguments)
      }
    }
    let cases = [
      (try argument("optimizer", "nag"), "'nag'"),
      (try change { $0.state.group["amsgrad"] = true }, "another form"),
      (try change { $0.settings["optimizer_history"] = nil }, "how many updates"),
      (try change { $0.settings["optimizer_history"] = [["num_updates": -1]] }, "how many updates"),
      (try change { $0.state.moments.removeLast() }, "parameters"),
      (
        try change {
          let shape = $0.state.moments[0][0].shape
          let other = $0.state.moments.firstIndex { $0[0].shape != shape }
          $0.state.moments.swapAt(0, other ?? 0)
        }, "does not fit"
      ),
      (try change { $0.state.moments[2][1].name = "exp_inf" }, "does not fit"),
      (try change { $0.state.moments = [$0.state.moments[0]] }, "parameters"),
    ]
    try withTemporaryFolder { folder in
      for (written, reason) in cases {
        let found = try restored(written, in: folder)
        #expect(found.note?.contains(reason) == true, "\(reason): \(found.note ?? "taken over")")
        #expect(found.progress.updates == 0 && found.state.joined().allSatisfy { $0 == 0 })
      }
      var broken = try Written()
      broken.state.moments[3][0].values[0] = .nan
      let sentence = refusal { _ = try restored(broken, in: folder) }
      #expect(sentence.contains("not finite"), "\(sentence)")
    }
  }
}

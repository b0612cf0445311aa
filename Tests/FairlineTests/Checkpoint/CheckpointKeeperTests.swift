import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Synchronization
import Testing

@Suite(.serialized) struct CheckpointKeeperTests {
  private func names(_ settings: CheckpointSettings) -> Set<String> {
    Set(CheckpointFolder(settings.saveDir).names().map(\.fileName))
  }

  private func train(
    _ folder: URL, epochs: Int = 4, _ change: (inout ToyTraining) -> Void = { _ in }
  ) throws -> (ToyTraining, ToyTraining.Result) {
    var training = ToyTraining()
    training.maxEpoch = epochs
    training.checkpoints.noSave = false
    training.checkpoints.saveDir = folder.appendingPathComponent("saved").path
    change(&training)
    return (training, try training.run())
  }

  @Test func namesAreReadAsTheyAreWritten() {
    let names: [CheckpointFolder.Name] = [
      .epoch(12), .updates(epoch: 3, updates: 500), .valued(metric: "nll_loss", value: -3.125),
      .best, .last,
    ]
    for name in names { #expect(CheckpointFolder.Name(fileName: name.fileName) == name) }
    #expect(names[2].fileName == "checkpoint.best_nll_loss_-3.125.safetensors")
    for text in [
      "checkpoint.safetensors", "checkpoint_x_5.safetensors", "model.safetensors", "checkpoint1.pt",
    ] {
      #expect(CheckpointFolder.Name(fileName: text) == nil, "\(text)")
    }
  }

  @Test func fiveKindsOfFilesAreKeptByTheRules() throws {
    try withTemporaryFolder { folder in
      let (training, _) = try train(folder) {
        $0.checkpoints.saveIntervalUpdates = 3
        $0.checkpoints.keepIntervalUpdates = 2
        $0.checkpoints.keepLastEpochs = 3
        $0.checkpoints.keepBestCheckpoints = 2
      }
      let found = names(training.checkpoints)
      let fixed = found.filter { !$0.contains("best_loss") }
      let expected = [
        "_best", "_last", "2", "3", "4", "_4_27", "_4_30",
      ].map { "checkpoint\($0).safetensors" }
      #expect(fixed == Set(expected))
      #expect(found.count - fixed.count == 2)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: training.checkpoints.saveDir).count
          == found.count)
    }
  }

  @Test func anUpdateThatEndsAnEpochIsSavedUnderItsNumberToo() throws {
    try withTemporaryFolder { folder in
      for interval in [1, 50] {
        let (training, _) = try train(folder.appendingPathComponent("\(interval)"), epochs: 2) {
          $0.checkpoints.saveIntervalUpdates = 4
          $0.checkpoints.saveInterval = interval
        }
        let found = CheckpointFolder(training.checkpoints.saveDir).names()
        #expect(
          found.filter { if case .updates = $0 { true } else { false } } == [
            .updates(epoch: 2, updates: 16), .updates(epoch: 2, updates: 12),
            .updates(epoch: 1, updates: 8), .updates(epoch: 1, updates: 4),
          ])
        #expect(found.contains(.epoch(2)) == (interval == 1))
      }
    }
  }

  @Test func whatWasSavedLastIsKept() throws {
    try withTemporaryFolder { folder in
      // An earlier training came further than the new one.
      let (earlier, _) = try train(folder, epochs: 3) { $0.checkpoints.saveIntervalUpdates = 3 }
      let saved = CheckpointFolder(earlier.checkpoints.saveDir)
      let before = saved.names()
      #expect(before.contains(.epoch(3)) && before.contains(.updates(epoch: 3, updates: 24)))
      // A file that was copied later is not newer.
      let copy = saved.path(of: .updates(epoch: 9, updates: 90))
      try FileManager.default.copyItem(
        atPath: saved.path(of: .updates(epoch: 1, updates: 3)), toPath: copy)
      _ = try train(folder, epochs: 1) {
        $0.checkpoints.saveIntervalUpdates = 5
        $0.checkpoints.keepIntervalUpdates = 1
        $0.checkpoints.keepLastEpochs = 1
      }
      let found = saved.names().filter {
        switch $0 {
        case .epoch, .updates: true
        default: false
        }
      }
      #expect(found == [.epoch(1), .updates(epoch: 1, updates: 5)])
    }
  }

  @Test func aFolderWithoutRoomIsRefused() throws {
    try withTemporaryFolder { folder in
      var settings = CheckpointSettings()
      settings.saveDir = folder.path
      let notes = Mutex<[String]>([])
      let parameters = ToyModel(dropout: 0).parameters
      let header = CheckpointHeader(
        architecture: ComponentRecord(name: "toy"), task: ComponentRecord(name: "toy"),
        description: TaskDescription(sourceSymbols: 1, targetSymbols: 1, sharesVocabulary: true))
      let keeper = try CheckpointKeeper(
        settings, contents: CheckpointContents(header: header, parameters: parameters),
        metric: "loss", order: MetricOrder(maximizes: false)
      ) { line in notes.withLock { $0.append(line) } }
      let bytes = 4 * parameters.values.count
      #expect(message { try keeper.checkSpace(free: bytes - 1) }.contains("has room for 0 MB"))
      try keeper.checkSpace(free: 2 * bytes)
      #expect(notes.withLock { $0 }.count == 1)
      try keeper.checkSpace(free: 3 * bytes)
      try keeper.checkSpace(free: nil)
      #expect(notes.withLock { $0 }.count == 1)
    }
  }

  @Test func everyNameIsAFileOfItsOwn() throws {
    try withTemporaryFolder { folder in
      let (training, _) = try train(folder, epochs: 1)
      let saved = CheckpointFolder(training.checkpoints.saveDir)
      let paths = [.epoch(1), .best, .last].map(saved.path(of:))
      let before = try paths.map { try Data(contentsOf: URL(fileURLWithPath: $0)) }
      #expect(before[1] == before[0] && before[2] == before[0])
      // As `cp` does: the file stays and its bytes are replaced.
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: paths[2]))
      try file.write(contentsOf: Data("other".utf8))
      try file.close()
      #expect(try Data(contentsOf: URL(fileURLWithPath: paths[0])) == before[0])
      #expect(try Data(contentsOf: URL(fileURLWithPath: paths[1])) == before[0])
      #expect(try Data(contentsOf: URL(fileURLWithPath: paths[2])) != before[0])
    }
  }

  @Test func filesCanBeLeftOut() throws {
    try withTemporaryFolder { folder in
      let (training, _) = try train(folder) { $0.checkpoints.noEpochCheckpoints = true }
      #expect(
        names(training.checkpoints) == [
          "checkpoint_best.safetensors", "checkpoint_last.safetensors",
        ])
    }
    try withTemporaryFolder { folder in
      let (training, _) = try train(folder) {
        $0.checkpoints.noLastCheckpoints = true
        $0.checkpoints.saveInterval = 3
        $0.checkpoints.noSaveOptimizerState = true
      }
      #expect(
        names(training.checkpoints) == ["checkpoint_best.safetensors", "checkpoint3.safetensors"])
      let path = CheckpointFolder(training.checkpoints.saveDir).path(of: .epoch(3))
      #expect(try TensorFile(path: path).names.allSatisfy { !$0.hasPrefix("optimizer.") })
      #expect(message { _ = try training.run(from: path) }.contains("--reset-optimizer"))
    }
  }

  @Test func theBestIsTheBestEvenBetweenSaves() throws {
    try withTemporaryFolder { folder in
      let (training, result) = try train(folder, epochs: 1) {
        $0.validation.validateIntervalUpdates = 2
        $0.checkpoints.saveInterval = 50
      }
      let best = result.witness.validations.compactMap(\.metric).min()
      let path = CheckpointFolder(training.checkpoints.saveDir).path(of: .best)
      let progress = try #require(try ModelFile.load(path).header.progress)
      #expect(progress.best == best)
      let number = result.witness.validations.last { $0.metric == best }.map(\.updates)
      #expect(progress.updates == number)
      #expect(names(training.checkpoints).count == 1)
    }
  }

  @Test func filesSayWhatTheyAre() throws {
    try withTemporaryFolder { folder in
      let (training, result) = try train(folder, epochs: 1)
      let file = try ModelFile.load(CheckpointFolder(training.checkpoints.saveDir).path(of: .last))
      #expect(file.architecture == "toy")
      #expect(file.header.fairlineVersion == Program.fairlineVersion)
      #expect(try file.assets() == ["dict.src": Array("a 1\n".utf8)])
      let model = ToyModel(dropout: 0)
      try file.fill(model.parameters)
      #expect(model.parameters.values.scalars == result.model.parameters.values.scalars)
      #expect(message { _ = try file.makeModel(try Catalog([])) }.contains("toy"))
    }
  }

  @Test func aSaveThatFailsLosesNothing() throws {
    try withTemporaryFolder { folder in
      let notes = Mutex<[String]>([])
      var training = ToyTraining()
      training.maxEpoch = 3
      training.checkpoints.noSave = false
      training.checkpoints.saveDir = folder.appendingPathComponent("saved").path
      let path = training.checkpoints.saveDir
      // A folder under the name of the second epoch's file makes that save fail.
      let obstacle = path + "/checkpoint2.safetensors/x"
      try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
      let result = try training.run(note: { line in notes.withLock { $0.append(line) } })
      #expect(result.reason == .maximumEpochs(3))
      let warnings = notes.withLock { $0 }
      #expect(warnings.count == 1)
      #expect(warnings.first?.contains("training goes on") == true)
      let last = CheckpointFolder(path).path(of: .last)
      #expect(try ModelFile.load(last).header.progress?.epoch == 4)
      let files = try FileManager.default.contentsOfDirectory(atPath: path)
      #expect(!files.contains { $0.hasSuffix(".partial") })
    }
  }

  @Test func theLastSaveOfARunMustSucceed() throws {
    try withTemporaryFolder { folder in
      var training = ToyTraining()
      training.maxEpoch = 2
      training.checkpoints.noSave = false
      training.checkpoints.saveDir = folder.appendingPathComponent("saved").path
      let obstacle = training.checkpoints.saveDir + "/checkpoint2.safetensors/x"
      try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: true)
      #expect(
        message { _ = try training.run() }.contains("checkpoint2.safetensors was not written"))
      let last = CheckpointFolder(training.checkpoints.saveDir).path(of: .last)
      #expect(try ModelFile.load(last).header.progress?.epoch == 2)
    }
  }

  @Test func parametersThatAreNotFiniteAreNotSaved() throws {
    try withTemporaryFolder { folder in
      let model = ToyModel(dropout: 0)
      var header = CheckpointHeader(
        architecture: ComponentRecord(name: "toy"), task: ComponentRecord(name: "toy"),
        description: TaskDescription(sourceSymbols: 1, targetSymbols: 1, sharesVocabulary: true))
      header.identity = [:]
      let path = folder.appendingPathComponent("a.safetensors").path
      let contents = CheckpointContents(header: header, parameters: model.parameters)
      try contents.write(to: path)
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      let entry = model.parameters.entries[0]
      [Float](repeating: .nan, count: entry.shape.count).withUnsafeBufferPointer {
        model.parameters.write($0, to: entry, in: model.parameters.values)
      }
      #expect(message { try contents.write(to: path) }.contains("not finite"))
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
  }

  @Test func newerFormatsAreRefusedByName() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("a.safetensors").path
      try TensorFile.write(
        [("a", [1], [1])],
        metadata: ["checkpoint": #"{"formatVersion": 99, "fairlineVersion": "7.5"}"#], to: path)
      let sentence = message { _ = try ModelFile.load(path) }
      #expect(sentence.contains("99") && sentence.contains("7.5"))
    }
  }

  @Test func otherDataIsRefused() throws {
    try withTemporaryFolder { folder in
      let (training, _) = try train(folder, epochs: 1)
      var settings = training.checkpoints
      settings.restoreFile = CheckpointFolder(settings.saveDir).path(of: .last)
      let saved = try #require(try Restoration(settings))
      let model = ToyModel(dropout: 0)
      let optimizer = try Adam(Adam.Settings(), model.parameters)
      #expect(
        message {
          _ = try saved.restore(
            model, optimizer, identity: ["dictionary": "other"], criterion: "cross_entropy",
            seed: 1)
        }.contains("another dictionary"))
      #expect(
        message {
          _ = try saved.restore(
            model, optimizer, identity: ["dictionary": "toy"], criterion: "other", seed: 1)
        }.contains("--criterion cross_entropy"))
      #expect(message { _ = try saved.optimizerSettings(for: "sgd") }.contains("--optimizer adam"))
      settings.restoreFile = "checkpoint_last.pt"
      #expect(message { _ = try Restoration(settings) }.contains("PyTorch"))
    }
  }
}

import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// The toy as components of a catalogue.
struct ToyPlugin: Plugin {
  /// Settings that choose what is wrong with the toy.
  struct Settings: Configuration {
    var emptySet = false
    static var options: [Option<Self>] { [Option("empty-set", \.emptySet, "an empty set")] }
  }

  /// The toy task with an empty validation set where it is asked for.
  final class Task: Fairline.Task {
    let toy = ToyTask()
    let settings: Settings
    init(_ settings: Settings) { self.settings = settings }
    var description: TaskDescription { toy.description }
    var identity: [String: String] { toy.identity }
    var validationSets: [String] { toy.validationSets }
    func trainingEpoch(_ epoch: Int) throws -> any BatchSource { try toy.trainingEpoch(epoch) }
    func restrict(toMaximumPositions positions: (source: Int, target: Int)) {}
    func validation(_ name: String) throws -> any BatchSource {
      settings.emptySet && name == "other"
        ? ToyTask.Source(batches: []) : try toy.validation(name)
    }
  }

  static func register(in catalog: inout Catalog) throws {
    try catalog.tasks.add("toy", "a toy", build: { (settings: Settings, _) in Task(settings) })
    try catalog.architectures.add(
      "toy", "a toy", build: { (_: NoSettings, _) in ToyModel(dropout: 0.3) })
  }
}

/// Asks after each update.
private final class Sentences: TrainingObserver {
  var ask: () -> String = { "" }
  var heard: [String] = []
  func updated(_ update: Update) { heard.append(ask()) }
}

@Suite(.serialized) struct TrainingTests {
  private func training(_ folder: URL, optimizer: String = "adam") throws -> Training {
    let catalog = try Catalog([StandardTraining.self, ToyPlugin.self])
    let components = try TrainingComponents(
      catalog, task: "toy", architecture: "toy", optimizer: optimizer, scheduler: "inverse_sqrt")
    try components.scheduler.draft.merge(["warmupUpdates": 4])
    var settings = TrainingSettings()
    settings.optimization.lr = [0.05]
    settings.optimization.maxUpdate = 20
    settings.checkpoints.saveDir = folder.appendingPathComponent("save").path
    return Training(components, settings)
  }

  @Test func settingsGoInAndAResultComesOut() throws {
    try withTemporaryFolder { folder in
      var training = try training(folder)
      let witness = Witness()
      training.observers = [witness]
      try training.check()
      #expect(witness.updates.isEmpty)
      let result = try training.run()
      #expect(result.reason == .maximumUpdates(20) && result.progress.updates == 20)
      #expect(witness.updates.count == 20 && witness.reason == result.reason)
      #expect(result.validations.map(\.name) == ["valid", "other"])
      #expect(result.best != nil && result.best == result.progress.best)
      #expect(result.paths.contains { $0.hasSuffix("checkpoint_last.safetensors") })
      #expect(result.paths.allSatisfy { FileManager.default.fileExists(atPath: $0) })
      let path = folder.appendingPathComponent("model.safetensors").path
      try result.saveModel(to: path)
      #expect(try ModelFile.load(path).header.progress == nil)
      // Going on is finding out that all is done.
      #expect(try training.run().progress.updates == 20)
      #expect(witness.updates.count == 20)
    }
  }

  @Test func anInterruptionEndsIt() throws {
    try withTemporaryFolder { folder in
      var training = try training(folder)
      let witness = Witness()
      training.observers = [witness]
      let result = try training.run {
        witness.updates.count == 3 ? .stop(signal: 15) : nil
      }
      #expect(result.reason == .signal(15) && result.progress.updates == 3)
      #expect(try training.run().progress.updates == 20)
    }
  }

  @Test func whatCannotWorkIsSaidFirst() throws {
    try withTemporaryFolder { folder in
      func error(_ change: (inout Training) throws -> Void) throws -> String {
        var training = try training(folder)
        let witness = Witness()
        training.observers = [witness]
        try change(&training)
        let text = message { _ = try training.run() }
        #expect(witness.updates.isEmpty)
        #expect(message { try training.check() } == text)
        return text
      }
      #expect(
        try error { $0.settings.optimization.maxUpdate = -1 }.contains("--max-update: '-1'"))
      #expect(try error { $0.settings.dataset.shardId = 1 }.contains("--shard-id 1"))
      #expect(
        try error { try $0.components.task.draft.merge(["emptySet": true]) }
          .contains("validation set 'other' has no sentences"))
      let file = folder.appendingPathComponent("file").path
      try Data().write(to: URL(fileURLWithPath: file))
      #expect(try error { $0.settings.checkpoints.saveDir = file + "/x" }.contains("--save-dir"))
      #expect(
        try error { $0.settings.validation.bestCheckpointMetric = "blue" }
          .contains("--best-checkpoint-metric blue is not measured on 'valid': choose one of loss"))
      let full = try MetricsFile(path: "/dev/full", interval: 1)
      #expect(try error { $0.observers.append(full) }.contains("--metrics-file /dev/full"))
    }
  }

  @Test func aLogThatCannotBeWrittenIsAnError() throws {
    for writes in [false, true] {
      let sink = try LogSink(copyingTo: "/dev/full", descriptor: -1)
      if writes { sink.write("a line") }
      #expect(message { try sink.check() }.contains("--log-file /dev/full cannot be written"))
    }
    // Trying leaves no trace in a file.
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("log").path
      try Data("before\n".utf8).write(to: URL(fileURLWithPath: path))
      let sink = try LogSink(copyingTo: path, descriptor: -1)
      try sink.check()
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "before\n")
      sink.write("after")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "before\nafter\n")
    }
  }

  @Test func oneTrainingAtATimeWritesToAFolder() throws {
    try withTemporaryFolder { folder in
      var training = try training(folder)
      let other = try self.training(folder)
      let sentences = Sentences()
      training.observers = [sentences]
      sentences.ask = { message { try other.check() } }
      _ = try training.run()
      #expect(sentences.heard.count == 20)
      #expect(sentences.heard.allSatisfy { $0.contains("is in use by another training") })
      try other.check()
      var unsaved = other
      unsaved.settings.checkpoints.noSave = true
      sentences.heard = []
      sentences.ask = { message { try unsaved.check() } }
      training.settings.optimization.maxUpdate = 21
      _ = try training.run()
      #expect(sentences.heard == ["no error"])
    }
  }

  @Test func aSharedEmptySetIsNoErrorWithoutValidation() throws {
    try withTemporaryFolder { folder in
      var training = try training(folder)
      try training.components.task.draft.merge(["emptySet": true])
      training.settings.validation.disableValidation = true
      let result = try training.run()
      #expect(result.progress.updates == 20 && result.validations.isEmpty)
    }
  }
}

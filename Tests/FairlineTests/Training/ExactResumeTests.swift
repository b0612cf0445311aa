import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite(.serialized) struct ExactResumeTests {
  private func training(_ folder: URL, schedule: String) -> ToyTraining {
    var training = ToyTraining()
    training.updateFreq = [1, 3, 2]
    training.maxUpdate = 17
    training.scheduler = schedule
    if schedule == "fixed" { training.rates = [0.05, 0.02, 0.01] }
    training.validation.patience = 100
    training.checkpoints.noSave = false
    training.checkpoints.saveDir = folder.appendingPathComponent("whole").path
    training.checkpoints.saveIntervalUpdates = 1
    training.columns = [StatisticsReport(columns: ["nfe": .sum(of: "encoder.*.evaluations")])]
    return training
  }

  @Test(arguments: ["inverse_sqrt", "fixed", "reduce_lr_on_plateau"])
  func everyCheckpointGoesOnToTheSameBits(_ schedule: String) throws {
    try withTemporaryFolder { folder in
      var training = training(folder, schedule: schedule)
      let whole = try training.run()
      let saved = CheckpointFolder(training.checkpoints.saveDir)
      let numbered = saved.names().filter {
        switch $0 {
        case .epoch, .updates: true
        default: false
        }
      }
      // Every update, and three of them as the ends of epochs.
      #expect(numbered.count == 20)
      for name in numbered {
        training.checkpoints.saveDir = folder.appendingPathComponent("again").path
        let again = try training.run(from: saved.path(of: name))
        #expect(again.numbers == whole.numbers, "\(name)")
        #expect(again.optimizer.stepCount == 17)
        let (left, right) = (whole.witness, again.witness)
        #expect(
          left.updates.suffix(right.updates.count).map(\.record) == right.updates.map(\.record))
        #expect(left.updates.suffix(right.updates.count).map(\.rate) == right.updates.map(\.rate))
        #expect(
          left.updates.suffix(right.updates.count).map(\.columns) == right.updates.map(\.columns))
        var (first, second) = (left.moments.last?.progress, right.moments.last?.progress)
        first?.seconds = 0
        second?.seconds = 0
        // A run that is complete already saves nothing.
        #expect(right.moments.isEmpty == right.updates.isEmpty)
        if !right.moments.isEmpty { #expect(first == second, "\(name)") }
      }
    }
  }

  @Test func threadsChangeNothing() throws {
    var training = ToyTraining()
    (training.maxUpdate, training.sentences) = (12, 200)
    defer { Parallel.setThreadCount(0) }
    var results: [[[Float]]] = []
    for threads in [1, 2, 3] {
      Parallel.setThreadCount(threads)
      results.append(try training.run().numbers)
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  @Test func dropoutDependsOnTheSeed() throws {
    var training = ToyTraining()
    training.maxUpdate = 3
    let with = try training.run().numbers
    #expect(with == (try training.run().numbers))
    training.dropout = 0.31
    #expect(with != (try training.run().numbers))
  }

  @Test func partsOfAStateCanBeLeftAside() throws {
    try withTemporaryFolder { folder in
      var training = training(folder, schedule: "inverse_sqrt")
      _ = try training.run()
      let path = CheckpointFolder(training.checkpoints.saveDir).path(of: .last)
      training.checkpoints.saveDir = folder.appendingPathComponent("again").path
      training.checkpoints.resetOptimizer = true
      training.maxUpdate = 2
      let anew = try training.run(from: path)
      #expect(anew.witness.updates.map(\.rate) == [0, 0.0125])
      #expect(anew.optimizer.stepCount == 2)
      #expect(anew.witness.updates.first?.epoch == 4)
      training.checkpoints.resetOptimizer = false
      training.checkpoints.resetDataloader = true
      training.maxUpdate = 18
      let first = try training.run(from: path)
      #expect(first.witness.updates.map(\.number) == [18])
      #expect(first.witness.updates.map(\.epoch) == [1])
      training.checkpoints.resetDataloader = false
      training.checkpoints.saveDir = folder.appendingPathComponent("tuned").path
      training.checkpoints.finetuneFromModel = path
      training.maxUpdate = 1
      let tuned = try training.run()
      #expect(tuned.witness.updates.map(\.number) == [1])
      #expect(tuned.witness.updates.map(\.epoch) == [1])
      // A rate of 0 leaves what was loaded.
      let loaded = ToyModel(dropout: 0)
      try ModelFile.load(path).fill(loaded.parameters)
      #expect(tuned.model.parameters.values.scalars == loaded.parameters.values.scalars)
      training.checkpoints.resetMeters = true
      #expect(message { _ = try training.run() }.contains("--finetune-from-model"))
    }
  }
}

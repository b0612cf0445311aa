import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Batches that the model refuses: left out, or tried again.
@Suite struct RefusalTests {
  private func training(_ wish: BatchRefusal.Wish, share: Double) -> ToyTraining {
    var training = ToyTraining()
    training.refusal = ToyModel.Refusal(wish: wish, share: share)
    training.maxEpoch = 6
    training.updateFreq = [2]
    return training
  }

  @Test func aSkippedBatchChangesNothing() throws {
    var all = training(.skip, share: 1)
    all.maxEpoch = 1
    let result = try all.run()
    let fresh = ToyModel(dropout: 0.3)
    #expect(result.model.parameters.values.scalars == fresh.parameters.values.scalars)
    #expect(result.witness.updates.allSatisfy { $0.outcome == .refused("too hard") })
    #expect(result.witness.moments.last?.progress.refused == 8)
    let last = try #require(result.witness.updates.last)
    let counts = last.columns.filter { $0.key.hasPrefix("batches_") }
    #expect(counts.map(\.key) == ["batches_refused", "batches_deferred"])
    #expect(counts.map(\.value) == [8, 0])
    #expect(result.witness.moments.last?.progress.updates == 0)
  }

  @Test func aTrainingThatRefusesEverythingEnds() throws {
    for wish in [BatchRefusal.Wish.skip, .postpone] {
      var endless = training(wish, share: 1)
      (endless.maxEpoch, endless.maxUpdate) = (0, 5)
      #expect(throws: UserError.self) { try endless.run() }
    }
  }

  @Test func theOtherMicroBatchesStillCount() throws {
    let result = try training(.skip, share: 0.4).run()
    let updates = result.witness.updates
    #expect(updates.contains { $0.refusals.count == 1 && $0.outcome == .applied })
    for update in updates where update.refusals.isEmpty {
      #expect(update.record.sentences > 3 || update.position == 4)
    }
    #expect(result.witness.moments.last?.progress.postponed.isEmpty == true)
  }

  @Test func postponedBatchesComeBackUntilTheyAreGivenUp() throws {
    var wishes = training(.postpone, share: 0.4)
    wishes.maxEpoch = 40
    let result = try wishes.run()
    let progress = try #require(result.witness.moments.last?.progress)
    // Whoever comes back makes an update of three micro-batches.
    let sentences = result.witness.updates.map(\.record.sentences)
    #expect(
      sentences.contains { $0 > 6 }, "\(sentences), \(progress.postponed), \(progress.refused)")
    for batch in progress.postponed {
      #expect(batch.attempts < 6)
      #expect(batch.due > progress.updates - 1)
    }
    let waiting = result.witness.updates.last?.columns.first { $0.key == "batches_deferred" }
    #expect(waiting?.value == Double(progress.postponed.count))
    // A batch is given up with probability 0.4 to the sixth.
    #expect(progress.refused < 20)
    let seen = sentences.reduce(0, +)
    #expect(seen >= 40 * 22 - progress.postponed.count * 3 - progress.refused * 3)
  }

  @Test func aPostponedBatchSurvivesARestart() throws {
    try withTemporaryFolder { folder in
      var training = training(.postpone, share: 0.5)
      (training.maxEpoch, training.maxUpdate) = (0, 24)
      training.checkpoints.noSave = false
      training.checkpoints.saveDir = folder.appendingPathComponent("whole").path
      training.checkpoints.saveIntervalUpdates = 1
      let whole = try training.run()
      let saved = CheckpointFolder(training.checkpoints.saveDir)
      training.checkpoints.saveDir = folder.appendingPathComponent("again").path
      for name in saved.names() where "\(name)".contains("updates") {
        let again = try training.run(from: saved.path(of: name))
        #expect(again.numbers == whole.numbers, "\(name)")
      }
    }
  }
}

import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// What a training remembers of its stop, and what it refuses to go on with.
@Suite(.serialized) struct GoingOnTests {
  private func training(_ folder: URL) -> ToyTraining {
    var training = ToyTraining()
    training.checkpoints.noSave = false
    training.checkpoints.saveDir = folder.appendingPathComponent("saved").path
    return training
  }

  private func last(_ training: ToyTraining) -> String {
    CheckpointFolder(training.checkpoints.saveDir).path(of: .last)
  }

  /// Stops in the middle of the first epoch, which has 8 batches.
  private func stopped(_ folder: URL) throws -> ToyTraining {
    var training = training(folder)
    training.maxUpdate = 3
    _ = try training.run()
    training.maxUpdate = 20
    return training
  }

  @Test(arguments: [40, 25, 24, 20, 7]) func otherBatchesAreRefused(_ sentences: Int) throws {
    // More batches, as many of other sentences, and fewer.
    try withTemporaryFolder { folder in
      var training = try stopped(folder)
      training.sentences = sentences
      let sentence = message { _ = try training.run(from: last(training)) }
      let count = (sentences + 2) / 3
      let part = "behind batch 3 of 8 of epoch 1, whose \(count) batches are others"
      #expect(sentence.contains(part), "\(sentence)")
      training.checkpoints.resetDataloader = true
      #expect(try training.run(from: last(training)).reason == .maximumUpdates(20))
    }
  }

  @Test func betweenEpochsOtherBatchesAreTaken() throws {
    try withTemporaryFolder { folder in
      var training = training(folder)
      training.maxEpoch = 1
      _ = try training.run()
      (training.maxEpoch, training.sentences) = (2, 40)
      let result = try training.run(from: last(training))
      #expect(result.witness.updates.count == 14)
    }
  }

  @Test func batchesThatWaitAreThoseOfTheirEpoch() throws {
    try withTemporaryFolder { folder in
      var training = training(folder)
      training.refusal = ToyModel.Refusal(wish: .postpone, share: 0.5)
      training.maxEpoch = 1
      let waiting = try #require(try training.run().witness.moments.last).progress.postponed
      #expect(!waiting.isEmpty)
      training.maxEpoch = 4
      var others = training
      others.sentences = 40
      let sentence = message { _ = try others.run(from: last(training)) }
      #expect(sentence.contains("a batch of epoch 1 waits for another try"), "\(sentence)")
      #expect(try training.run(from: last(training)).reason == .maximumEpochs(4))
    }
  }

  @Test func patienceThatEndedARunIsRemembered() throws {
    try withTemporaryFolder { folder in
      var training = training(folder)
      // Nothing is learned, so that nothing improves.
      (training.rates, training.scheduler, training.maxEpoch) = ([0], "fixed", 9)
      training.validation.patience = 2
      let first = try training.run()
      #expect(first.reason == .patience(2) && first.witness.epochs.count == 3)
      let again = try training.run(from: last(training))
      #expect(again.reason == .patience(2) && again.witness.updates.isEmpty)
      training.validation.patience = 4
      let more = try training.run(from: last(training))
      #expect(more.reason == .patience(4) && more.witness.epochs.map(\.number) == [4, 5])
      training.checkpoints.resetMeters = true
      training.validation.patience = 2
      #expect(try training.run(from: last(training)).witness.epochs.count == 3)
    }
  }
}

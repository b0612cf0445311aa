import FairlineTensor
import Fairline
import Testing

@Suite struct DataAheadTests {
  private struct Failure: Error {}

  /// Batches whose making fails at one place.
  private struct Source: BatchSource {
    let fails: Int
    let count = 12

    func batch(_ index: Int) throws -> Batch {
      if index == fails { throw Failure() }
      return Batch.pairs(ids: [index], sources: [[4, 2]], targets: [[4, 5, 2]])
    }
  }

  private final class FailingTask: Task {
    let description = TaskDescription(sourceSymbols: 11, targetSymbols: 11, sharesVocabulary: true)
    let identity: [String: String] = [:]
    let validationSets: [String] = []
    func trainingEpoch(_ epoch: Int) throws -> any BatchSource { Source(fails: 5) }
    func validation(_ name: String) throws -> any BatchSource { Source(fails: -1) }
    func restrict(toMaximumPositions positions: (source: Int, target: Int)) {}
  }

  @Test func anErrorComesAtTheUpdateOfItsBatch() throws {
    let model = ToyModel(dropout: 0)
    let witness = Witness()
    var settings = OptimizationSettings()
    settings.updateFreq = [2]
    let task = FailingTask()
    let schedule = try Catalog([StandardTraining.self]).schedulers.select("fixed")
    let trainer = try Trainer(
      TrainingParts(
        model: model,
        criterion: CrossEntropyCriterion(CriterionContext(task: task.description)),
        optimizer: SGD(SGD.Settings(), model.parameters),
        scheduler: try schedule.build(SchedulerContext(learningRates: [0.1], maxUpdate: 0)),
        observers: [witness]), settings)
    #expect(throws: Failure.self) { try trainer.train(on: task) }
    #expect(witness.updates.map(\.number) == [1, 2])
  }
}

import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// A task that hands out given batches.
final class GivenTask: Fairline.Task {
  struct Source: BatchSource {
    let batches: [Batch]
    var count: Int { batches.count }
    func batch(_ index: Int) throws -> Batch { batches[index] }
  }

  let batches: [Batch]
  init(_ batches: [Batch]) { self.batches = batches }

  let description = TaskDescription(
    sourceSymbols: 12, targetSymbols: 12, sharesVocabulary: true, maximumSourcePositions: 20,
    maximumTargetPositions: 20)
  let validationSets = ["valid"]
  let identity: [String: String] = [:]
  func trainingEpoch(_ epoch: Int) throws -> any BatchSource { Source(batches: batches) }
  func validation(_ name: String) throws -> any BatchSource { Source(batches: batches) }
  func restrict(toMaximumPositions positions: (source: Int, target: Int)) {}
}

/// Notes what happens.
final class Notebook: TrainingObserver {
  var updates: [Update] = []
  var validations: [Validation] = []
  func updated(_ update: Update) { updates.append(update) }
  func validated(_ validation: Validation) { validations.append(validation) }
}

/// A loss that is no number in one update.
struct BrokenCriterion: Criterion {
  let sound: CrossEntropyCriterion
  let breaksAt: Int

  func callAsFunction(_ model: any Model, _ batch: Batch, _ pass: ForwardPass) -> Loss {
    let loss = sound(model, batch, pass)
    guard pass.isTraining, batch.ids[0] == breaksAt else { return loss }
    var record = loss.record
    record.loss = .nan
    return Loss(value: loss.value * .nan, record: record)
  }
}

@Suite struct TrainerTests {
  static func rows(_ range: Range<Int>) -> Batch {
    let sentences = range.map { row in
      (0..<(2 + row % 4)).map { Int32(4 + (row * 3 + $0) % 8) } + [2]
    }
    return Batch.pairs(
      ids: Array(range), sources: sentences, targets: sentences.map { [$0[0]] + [2] })
  }

  private func train(
    _ batches: [Batch], _ settings: OptimizationSettings, breaksAt: Int = -1,
    cadence: Cadence = Cadence(), isPlain: Bool = false
  ) throws -> (Transformer, Notebook) {
    let task = GivenTask(batches)
    var c = TransformerSettings.tiny
    c.encoderEmbedDim = 8
    c.dropout = 0
    let model = try Transformer(c, for: task.description)
    let notebook = Notebook()
    var scheduler = try SchedulerRegistry.standardSchedulers().select("fixed")
      .build(SchedulerContext(learningRates: [0.01]))
    _ = scheduler.update(0)
    let criterion = BrokenCriterion(
      sound: CrossEntropyCriterion(CriterionContext(task: task.description)),
      breaksAt: breaksAt)
    let trainer = try Trainer(
      TrainingParts(
        model: model, criterion: criterion,
        optimizer: isPlain
          ? SGD(SGD.Settings(), model.parameters)
          : try Adam(Adam.Settings(), model.parameters), scheduler: scheduler,
        observers: [notebook]), settings, cadence)
    _ = try trainer.train(on: task)
    return (model, notebook)
  }

  @Test func smallBatchesAreOneLargeBatch() throws {
    var settings = OptimizationSettings()
    settings.maxEpoch = 3
    let (whole, _) = try train([Self.rows(0..<8)], settings, isPlain: true)
    settings.updateFreq = [2]
    let (parts, notebook) = try train(
      [Self.rows(0..<3), Self.rows(3..<8)], settings, isPlain: true)
    #expect(notebook.updates.count == 3)
    #expect(
      mismatch(parts.parameters.values, whole.parameters.values, absolute: 2e-5) == nil)
  }

  @Test func aLossThatIsNoNumberStopsOrIsLeftOut() throws {
    var settings = OptimizationSettings()
    settings.maxUpdate = 6
    let batches = [Self.rows(0..<4), Self.rows(4..<8), Self.rows(8..<12)]
    #expect(throws: UserError.self) { try train(batches, settings, breaksAt: 4) }
    settings.onNonfinite = .skip
    let (model, notebook) = try train(batches, settings, breaksAt: 4)
    #expect(model.parameters.values.isFinite)
    #expect(notebook.updates.filter { $0.outcome != .applied }.count >= 2)
    #expect(notebook.updates.filter { $0.outcome == .applied }.count == 6)
  }

  @Test func learningLowersTheLoss() throws {
    var settings = OptimizationSettings()
    settings.maxEpoch = 40
    let (_, notebook) = try train([Self.rows(0..<8)], settings)
    let losses = notebook.validations.map { $0.record.loss }
    #expect((losses.last ?? .infinity) < 0.3 * losses[0])
  }

  @Test func updatesAreCountedAndReported() throws {
    var settings = OptimizationSettings()
    settings.maxUpdate = 5
    settings.clipNorm = 1e-3
    let (_, notebook) = try train([Self.rows(0..<4), Self.rows(4..<8)], settings)
    #expect(notebook.updates.map(\.number) == [1, 2, 3, 4, 5])
    #expect(notebook.updates.map(\.epoch) == [1, 1, 2, 2, 3])
    #expect(notebook.updates.allSatisfy { $0.isClipped == true && $0.gradientNorm > 1e-3 })
  }
}

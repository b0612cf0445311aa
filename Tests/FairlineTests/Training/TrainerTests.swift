import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite(.serialized) struct TrainerTests {
  @Test func accumulationIsOneLargeBatch() throws {
    var training = ToyTraining()
    (training.dropout, training.maxUpdate) = (0, 6)
    training.updateFreq = [8]
    let many = try training.run()
    // With as many micro-batches as the epoch has, an update sees all sentences in any order.
    training.sentences = 22
    training.updateFreq = [100]
    let whole = try training.run()
    #expect(many.numbers == whole.numbers)
    let records = many.witness.updates.map(\.record)
    #expect(records.allSatisfy { $0.sentences == 22 })
    // One micro-batch of the same sentences gives the same gradient.
    let one = ToyModel(dropout: 0)
    let batch = try ToyTask.Source(batches: [Array(0..<22)]).batch(0)
    let pass = ForwardPass.training(RandomSource(seed: 1))
    one.parameters.prepareGradients()
    let criterion = CrossEntropyCriterion(
      CriterionContext(
        task: TaskDescription(sourceSymbols: 11, targetSymbols: 11, sharesVocabulary: true)))
    let loss = criterion(one, batch, pass)
    pass.tape?.goBack(from: loss.value)
    let norm = one.parameters.gradients.squaredNorm.squareRoot() / Double(loss.record.sampleSize)
    #expect(abs(norm - many.witness.updates[0].gradientNorm) < 1e-6)
  }

  @Test func theFirstRateIsTheSchedulesFirst() throws {
    var training = ToyTraining()
    training.maxUpdate = 9
    let result = try training.run()
    let rates = result.witness.updates.map(\.rate)
    #expect(rates[0] == 0)
    #expect(abs(rates[2] - 0.025) < 1e-12)
    #expect(abs(rates[8] - 0.05 / 2.0.squareRoot()) < 1e-12)
    #expect(zip(result.witness.updates, rates.dropFirst()).allSatisfy { $0.0.nextRate == $0.1 })
    #expect(result.reason == .maximumUpdates(9))
    #expect(result.witness.epochs.map(\.number) == [1])
  }

  @Test func clippingIsReported() throws {
    var training = ToyTraining()
    (training.maxUpdate, training.clipNorm) = (3, 0)
    #expect(try training.run().witness.updates.allSatisfy { $0.isClipped == nil })
    training.clipNorm = 1e-3
    #expect(try training.run().witness.updates.allSatisfy { $0.isClipped == true })
  }

  @Test func aValidationThatIsNotFiniteIsNamed() throws {
    for value in [Double.nan, -Double.nan, .infinity] {
      var result = Validation(name: "valid", epoch: 1, updates: 1)
      (result.record.loss, result.record.sampleSize) = (value, 1)
      #expect(result.value(of: "loss")?.isFinite == false)
    }
    var training = ToyTraining()
    (training.rates, training.scheduler, training.clipNorm) = ([1e30], "fixed", 0)
    training.maxUpdate = 1
    let sentence = message { _ = try training.run() }
    #expect(sentence.contains("loss on the validation set 'valid' is not finite after update 1"))
    training.policy = .skip
    let result = try training.run()
    #expect(result.reason == .maximumUpdates(1))
    #expect(result.witness.validations.first?.metric?.isFinite == false)
    #expect(result.witness.moments.last?.isBest == false)
  }

  @Test func whatIsNotFiniteIsNeverBetter() {
    for maximizes in [false, true] {
      let order = MetricOrder(maximizes: maximizes)
      for value in [Double.nan, .infinity, -.infinity] {
        #expect(!order.isBetter(value, than: nil) && !order.isBetter(value, than: 1))
        #expect(order.isBetter(1, than: value))
      }
    }
    var patience = EarlyStopping(patience: 2, order: MetricOrder(maximizes: false))
    for (value, ends) in [(Double.nan, false), (3, false), (.nan, false), (2, false), (2, false)] {
      var validation = Validation(name: "valid", epoch: 1, updates: 1)
      validation.metric = value
      patience.validated(validation)
      #expect((patience.stopReason != nil) == ends, "\(value)")
    }
  }

  @Test func numbersThatAreNotFiniteChangeNothing() throws {
    var training = ToyTraining()
    (training.poison, training.maxUpdate) = (5, 20)
    let sentence = message { _ = try training.run() }
    #expect(sentence.contains("micro-batch 1") && sentence.contains("--on-nonfinite skip"))
    training.policy = .skip
    training.maxUpdate = 0
    training.maxEpoch = 2
    let result = try training.run()
    let skipped = result.witness.updates.filter { $0.outcome != .applied }
    #expect(skipped.count == 2)
    #expect(result.witness.updates.last?.number == 14)
    #expect(result.model.parameters.values.isFinite)
    #expect(result.witness.moments.last?.progress.skipped == 2)
  }

  @Test func endlessFailureEnds() throws {
    var training = ToyTraining()
    (training.poison, training.maxUpdate, training.policy) = (1, 50, .skip)
    training.sentences = 3
    #expect(message { _ = try training.run() }.contains("updates before it"))
  }

  @Test func patienceEndsTraining() throws {
    var training = ToyTraining()
    training.maxEpoch = 30
    training.rates = [0]
    training.scheduler = "fixed"
    training.validation.patience = 3
    let result = try training.run()
    #expect(result.reason == .patience(3))
    #expect(result.witness.epochs.count == 4)
    #expect(result.witness.validations.map(\.name).prefix(2) == ["valid", "other"])
    #expect(result.witness.validations[0].best == nil)
    #expect(result.witness.validations[2].best?.key == "best_loss")
  }

  @Test func unknownMetricsAreNamed() throws {
    var training = ToyTraining()
    training.maxEpoch = 1
    training.validation.bestCheckpointMetric = "bleu"
    #expect(message { _ = try training.run() }.contains("choose one of loss, ppl"))
  }

  @Test func aWishToStopEndsAfterTheUpdate() throws {
    var training = ToyTraining()
    training.maxUpdate = 50
    let result = try training.run { $0.updates.count == 5 ? .stop(signal: 15) : nil }
    #expect(result.reason == .signal(15))
    #expect(result.reason.exitCode == 143)
    #expect(result.witness.updates.count == 5)
    #expect(result.witness.validations.isEmpty)
    #expect(result.witness.moments.map(\.occasion) == [.end])
  }
}

import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Two ranks in one process, each on a thread of its own.
final class RankBench: @unchecked Sendable {
  private let condition = NSCondition()
  private var waiting: [Int: Any] = [:]
  private var results: [Int: [Int: Any]] = [:]
  private var round = 0

  /// What both ranks bring, by rank, once both have brought it.
  func meet(_ rank: Int, _ value: Any) -> [Int: Any] {
    condition.lock()
    defer { condition.unlock() }
    let own = round
    waiting[rank] = value
    if waiting.count == 2 {
      results = [own: waiting]
      waiting = [:]
      round += 1
      condition.broadcast()
    }
    while true {
      if let all = results[own] { return all }
      condition.wait()
    }
  }
}

/// Adds up what two ranks bring, in the order of their numbers.
struct BenchExchange: GradientExchange {
  let role: RankRole
  let bench: RankBench

  func add(_ gradients: Tensor, _ update: inout Update) throws {
    let both = bench.meet(role.rank, (gradients.scalars, update))
    guard let (first, one) = both[0] as? ([Float], Update),
      let (second, two) = both[1] as? ([Float], Update)
    else { throw UserError("a rank brought something else") }
    let sum = Tensor(zip(first, second).map(+), shape: gradients.shape)
    ParameterUpdates.forEachRange(of: [gradients, sum]) { ranges in
      _ = ranges[0].update(fromContentsOf: ranges[1])
    }
    update.record = one.record
    update.record.add(two.record)
    update.statistics = one.statistics
    update.statistics.merge(two.statistics)
    update.refusals = one.refusals + two.refusals
    if one.outcome != .applied { update.outcome = one.outcome }
    if two.outcome != .applied { update.outcome = two.outcome }
  }

  func agree<Value: Codable & Sendable>(on value: Value) throws -> Value {
    guard let first = bench.meet(role.rank, value)[0] as? Value else {
      throw UserError("a rank brought something else")
    }
    return first
  }
}

@Suite(.serialized) struct RankTests {
  private struct Outcome: @unchecked Sendable {
    var numbers: [Float] = []
    var updates: [Update] = []
    var validations = 0
    var progress = TrainingProgress()
    var failure = ""
  }

  private func train(_ frequency: Int, poison: Int? = nil, _ exchange: any GradientExchange)
    -> Outcome
  {
    var outcome = Outcome()
    do {
      let model = ToyModel(dropout: 0.3, poison: poison)
      let catalog = try Catalog([StandardTraining.self])
      let witness = Witness()
      var settings = OptimizationSettings()
      (settings.updateFreq, settings.maxUpdate, settings.clipNorm) = ([frequency], 14, 0.5)
      settings.onNonfinite = .skip
      let task = ToyTask()
      let trainer = try Trainer(
        TrainingParts(
          model: model,
          criterion: CrossEntropyCriterion(CriterionContext(task: task.description)),
          optimizer: try catalog.optimizers.select("adam").build(model.parameters),
          scheduler: try catalog.schedulers.select("fixed").build(
            SchedulerContext(learningRates: [0.05])),
          observers: [witness]), settings, Cadence(), ComputeSettings(), exchange)
      _ = try trainer.train(on: task)
      outcome.numbers = model.parameters.values.scalars
      (outcome.updates, outcome.validations) = (witness.updates, witness.validations.count)
      outcome.progress = trainer.progress
    } catch {
      outcome.failure = "\(error)"
    }
    return outcome
  }

  /// Both ranks' outcomes.
  private func trainTogether(_ frequency: Int, poison: Int? = nil) -> [Outcome] {
    let bench = RankBench()
    let lock = NSLock()
    let done = DispatchGroup()
    nonisolated(unsafe) var outcomes = [Outcome(), Outcome()]
    for rank in 0..<2 {
      DispatchQueue.global().async(group: done) {
        Parallel.setSerial(true)
        defer { Parallel.setSerial(false) }
        let exchange = BenchExchange(role: RankRole(rank: rank, count: 2), bench: bench)
        let outcome = train(frequency, poison: poison, exchange)
        lock.withLock { outcomes[rank] = outcome }
      }
    }
    done.wait()
    return outcomes
  }

  @Test func sharesOfAnUpdateAreEqualAndComplete() {
    struct Only: GradientExchange {
      let role: RankRole
      func add(_ gradients: Tensor, _ update: inout Update) {}
      func agree<Value: Codable & Sendable>(on value: Value) -> Value { value }
    }
    for (batches, ranks) in [(8, 4), (7, 3), (2, 5), (0, 3), (1, 1)] {
      let shares = (0..<ranks).map {
        Only(role: RankRole(rank: $0, count: ranks)).share(of: batches)
      }
      #expect(shares.flatMap { Array($0) } == Array(0..<batches))
      #expect((shares.map(\.count).max() ?? 0) - (shares.map(\.count).min() ?? 0) <= 1)
    }
  }

  @Test func twoRanksMakeTheUpdatesOfOne() {
    // 8 batches an epoch: the last update of an epoch has 2 of 3 batches a rank.
    for (alone, together) in [(2, 1), (6, 3)] {
      let one = train(alone, SingleRank())
      let two = trainTogether(together)
      #expect(one.failure.isEmpty && two.map(\.failure) == ["", ""], "\(two.map(\.failure))")
      #expect(two[0].numbers == two[1].numbers && !one.numbers.isEmpty)
      #expect(zip(one.numbers, two[0].numbers).allSatisfy { abs($0 - $1) < 1e-5 })
      for (left, right) in zip(one.updates, two[1].updates) {
        #expect(left.record.tokens == right.record.tokens)
        #expect(abs(left.record.loss - right.record.loss) < 1e-4)
        #expect(left.statistics.values.count == right.statistics.values.count)
      }
      #expect(one.updates.count == two[1].updates.count)
      // The second rank validates nothing and knows the best value.
      #expect(two[0].validations > 0 && two[1].validations == 0)
      #expect(two[1].progress.best == two[0].progress.best && two[0].progress.best != nil)
      #expect(two[1].progress.offset == one.progress.offset)
    }
  }

  @Test func aSkippedUpdateIsSkippedByAll() {
    let two = trainTogether(1, poison: 4)
    #expect(two.map(\.failure) == ["", ""])
    #expect(two[0].progress.skipped > 0 && two[0].progress.skipped == two[1].progress.skipped)
    #expect(two[0].numbers == two[1].numbers)
  }
}

import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Ranks in one process, each on a thread of its own.
final class RankBench: @unchecked Sendable {
  private let count: Int
  private let condition = NSCondition()
  private var waiting: [Int: Any] = [:]
  private var results: [Int: [Int: Any]] = [:]
  private var round = 0

  init(_ count: Int) { self.count = count }

  /// What all ranks bring, by rank, once all have brought it.
  func meet(_ rank: Int, _ value: Any) -> [Int: Any] {
    condition.lock()
    defer { condition.unlock() }
    let own = round
    waiting[rank] = value
    if waiting.count == count {
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

/// Adds up what ranks bring in the order of the tree.
struct BenchExchange: GradientExchange {
  let role: RankRole
  let bench: RankBench

  func sum(_ nodes: [GradientNode], of leaves: Int, into gradients: Tensor) throws {
    let own = nodes.map { ($0.leaves, $0.gradients.scalars) }
    let all = bench.meet(role.rank, own).values.flatMap {
      $0 as? [(leaves: Range<Int>, numbers: [Float])] ?? [(0..<0, [])]
    }
    var tree = SummationTree<[Float]>(count: leaves)
    for node in all.sorted(by: { $0.leaves.lowerBound < $1.leaves.lowerBound }) {
      tree.add(node.numbers, of: node.leaves) { zip($0, $1).map(+) }
    }
    #expect(tree.nodes.map(\.leaves) == [0..<leaves])
    let part = part(of: gradients.count)
    overwrite(gradients, part, with: Array(tree.nodes[0].value[part]))
  }

  /// Blocks in turn: some ranks have none.
  func part(of count: Int) -> Range<Int> { part(of: count, of: role.rank) }

  private func part(of count: Int, of rank: Int) -> Range<Int> {
    let blocks = (count + Parallel.grain - 1) / Parallel.grain
    let (first, end) = (blocks * rank / role.count, blocks * (rank + 1) / role.count)
    return min(first * Parallel.grain, count)..<min(end * Parallel.grain, count)
  }

  func complete(_ tensor: Tensor, for all: Bool) throws {
    let brought = bench.meet(role.rank, tensor.scalars)
    let isReceived = all || role.rank == 0
    for rank in 0..<role.count where isReceived {
      let part = part(of: tensor.count, of: rank)
      guard let numbers = brought[rank] as? [Float] else {
        throw UserError("a rank brought something else")
      }
      overwrite(tensor, part, with: Array(numbers[part]))
    }
  }

  private func overwrite(_ tensor: Tensor, _ elements: Range<Int>, with numbers: [Float]) {
    tensor.withMutableScalars { all in
      for (place, number) in zip(elements, numbers) { all[place] = number }
    }
  }

  func gather<Value: Codable & Sendable>(_ value: Value) throws -> [Value] {
    let all = bench.meet(role.rank, value)
    return try (0..<role.count).map { rank in
      guard let value = all[rank] as? Value else {
        throw UserError("a rank brought something else")
      }
      return value
    }
  }
}

@Suite(.serialized) struct RankTests {
  private struct Outcome: @unchecked Sendable {
    var numbers: [[Float]] = []
    var updates: [Update] = []
    var validations = 0
    var progress = TrainingProgress()
    var reason: StopReason?
    var failure = ""
  }

  private struct Plan {
    var frequency = 1
    var global = 0
    var poison: Int?
    var refusal: ToyModel.Refusal?
    var wish: Interruption?
    /// Updates after which the wish comes.
    var patience = 5
  }

  private func train(_ plan: Plan, _ exchange: any GradientExchange, wishes: Bool = true)
    -> Outcome
  {
    var outcome = Outcome()
    do {
      let model = ToyModel(dropout: 0.3, poison: plan.poison, refusal: plan.refusal)
      let catalog = try Catalog([StandardTraining.self])
      let witness = Witness()
      var settings = OptimizationSettings()
      (settings.updateFreq, settings.maxUpdate, settings.clipNorm) = ([plan.frequency], 14, 0.5)
      settings.globalBatches = plan.global
      settings.onNonfinite = .skip
      let task = ToyTask()
      let optimizer = try catalog.optimizers.select("adam").build(model.parameters)
      let trainer = try Trainer(
        TrainingParts(
          model: model,
          criterion: CrossEntropyCriterion(CriterionContext(task: task.description)),
          optimizer: optimizer,
          scheduler: try catalog.schedulers.select("fixed").build(
            SchedulerContext(learningRates: [0.05])),
          observers: [witness]), settings, Cadence(), ComputeSettings(), exchange)
      outcome.reason = try trainer.train(on: task) {
        wishes && witness.updates.count >= plan.patience ? plan.wish : nil
      }
      // The first rank has the whole state.
      let state = exchange.role.writes ? optimizer.state.map(\.values) : []
      outcome.numbers = ([model.parameters.values] + state).map(\.scalars)
      (outcome.updates, outcome.validations) = (witness.updates, witness.validations.count)
      outcome.progress = trainer.progress
      outcome.progress.seconds = 0
    } catch {
      outcome.failure = "\(error)"
    }
    return outcome
  }

  /// The outcomes of all ranks.
  ///
  /// - Parameter wishing: the ranks that a wish reaches; all when nil.
  private func train(_ plan: Plan, ranks: Int, wishing: Set<Int>? = nil) -> [Outcome] {
    let bench = RankBench(ranks)
    let lock = NSLock()
    let done = DispatchGroup()
    nonisolated(unsafe) var outcomes = [Outcome](repeating: Outcome(), count: ranks)
    for rank in 0..<ranks {
      Thread.detachNewThread {
        Parallel.setSerial(true)
        let exchange = BenchExchange(role: RankRole(rank: rank, count: ranks), bench: bench)
        let outcome = train(plan, exchange, wishes: wishing?.contains(rank) ?? true)
        lock.withLock { outcomes[rank] = outcome }
        done.leave()
      }
      done.enter()
    }
    done.wait()
    return outcomes
  }

  /// Compares everything that does not tell of time.
  private func expectSame(_ one: Outcome, _ other: Outcome, _ name: String) {
    #expect(one.failure.isEmpty && other.failure.isEmpty, "\(name): \(other.failure)")
    #expect(zip(one.numbers, other.numbers).allSatisfy { $0 == $1 }, "\(name)")
    #expect(!one.numbers.isEmpty && !other.numbers.isEmpty, "\(name)")
    #expect(one.progress == other.progress && one.reason == other.reason, "\(name)")
    #expect(one.updates.count == other.updates.count && !one.updates.isEmpty, "\(name)")
    for (left, right) in zip(one.updates, other.updates) {
      #expect(left.record.tokens == right.record.tokens, "\(name)")
      #expect(left.record.loss.bitPattern == right.record.loss.bitPattern, "\(name)")
      #expect(left.statistics == right.statistics, "\(name)")
      #expect(left.outcome == right.outcome, "\(name)")
      #expect(left.gradientNorm == right.gradientNorm, "\(name)")
      #expect(left.refusals.map(\.place) == right.refusals.map(\.place), "\(name)")
    }
  }

  @Test func sharesOfAnUpdateAreEqualAndComplete() {
    for (batches, ranks) in [(8, 4), (7, 3), (2, 5), (0, 3), (1, 1)] {
      let bench = RankBench(ranks)
      let shares = (0..<ranks).map {
        BenchExchange(role: RankRole(rank: $0, count: ranks), bench: bench).share(of: batches)
      }
      #expect(shares.flatMap { Array($0) } == Array(0..<batches))
      #expect((shares.map(\.count).max() ?? 0) - (shares.map(\.count).min() ?? 0) <= 1)
    }
  }

  @Test func nodesAreTheLargestOfTheTree() {
    typealias Tree = SummationTree<Void>
    #expect(Tree.nodes(of: Array(0..<7), among: 7) == [0..<7])
    #expect(Tree.nodes(of: Array(0..<6), among: 7) == [0..<4, 4..<6])
    #expect(Tree.nodes(of: [1, 2, 3, 4], among: 8) == [1..<2, 2..<4, 4..<5])
    #expect(Tree.nodes(of: [0, 4], among: 5) == [0..<1, 4..<5])
    #expect(Tree.nodes(of: [4, 5, 6], among: 7) == [4..<7])
    #expect(Tree.nodes(of: [], among: 3).isEmpty)
    var tree = SummationTree<String>(count: 7)
    for leaf in 0..<7 { tree.add("\(leaf)", of: leaf..<(leaf + 1)) { "(\($0)+\($1))" } }
    #expect(tree.nodes.map(\.value) == ["(((0+1)+(2+3))+((4+5)+6))"])
  }

  /// 8 batches an epoch: the last update of an epoch may have fewer than the others.
  @Test(arguments: [2, 3, 4, 6])
  func anyNumberOfRanksMakesTheUpdatesOfOne(_ batches: Int) {
    let alone = train(Plan(frequency: batches), SingleRank())
    expectSame(alone, train(Plan(global: batches), SingleRank()), "global batches alone")
    for ranks in 2...4 {
      let together = train(Plan(global: batches), ranks: ranks)
      for rank in together { expectSame(alone, rank, "\(batches) batches, \(ranks) ranks") }
      // Only the first rank validates, and all know the best value.
      #expect(together[0].validations > 0 && together[1].validations == 0)
      #expect(together[1].progress.best != nil)
      guard batches % ranks == 0 else { continue }
      let each = train(Plan(frequency: batches / ranks), ranks: ranks)
      expectSame(alone, each[ranks - 1], "\(batches) batches, \(ranks) ranks")
    }
  }

  @Test func refusedBatchesAreThoseOfOneRank() {
    for wish in [BatchRefusal.Wish.skip, .postpone] {
      let plan = Plan(global: 4, refusal: ToyModel.Refusal(wish: wish, share: 0.4))
      let alone = train(plan, SingleRank())
      #expect(alone.updates.contains { !$0.refusals.isEmpty })
      for ranks in 2...4 {
        for rank in train(plan, ranks: ranks) {
          expectSame(alone, rank, "\(wish), \(ranks) ranks")
        }
      }
    }
  }

  @Test func aSkippedUpdateIsSkippedByAll() {
    let plan = Plan(global: 4, poison: 4)
    let alone = train(plan, SingleRank())
    #expect(alone.progress.skipped > 0)
    for ranks in 2...4 {
      for rank in train(plan, ranks: ranks) { expectSame(alone, rank, "\(ranks) ranks") }
    }
  }

  @Test func aWishThatReachesOneRankHoldsForAll() {
    let plan = Plan(global: 4, wish: .stop(signal: 15))
    let alone = train(plan, SingleRank())
    #expect(alone.reason == .signal(15))
    for wishing in [[0], [2], [1, 2]] as [Set<Int>] {
      for rank in train(plan, ranks: 3, wishing: wishing) { expectSame(alone, rank, "\(wishing)") }
    }
  }

  @Test func ranksThatBeginWithSomethingElseAreNamed() {
    let bench = RankBench(3)
    let done = DispatchGroup()
    let lock = NSLock()
    nonisolated(unsafe) var errors = ["", "", ""]
    for rank in 0..<3 {
      done.enter()
      Thread.detachNewThread {
        let exchange = BenchExchange(role: RankRole(rank: rank, count: 3), bench: bench)
        do {
          try exchange.compare([
            ("program", "one", "x"), ("data", rank == 1 ? "other" : "same", "copy them"),
          ])
        } catch {
          lock.withLock { errors[rank] = "\(error)" }
        }
        done.leave()
      }
    }
    done.wait()
    let sentence = "rank 1 and rank 0 do not have the same data: copy them"
    #expect(errors == [sentence, sentence, sentence])
  }
}

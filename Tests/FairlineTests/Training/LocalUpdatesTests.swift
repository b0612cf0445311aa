import Fairline
import FairlineTensor
import Foundation
import Testing

/// Ranks that train by themselves, against the formulas of their meetings.
@Suite struct LocalUpdatesTests {
  private static let (rate, rounds, steps) = (0.1, 3, 2)

  private static func set() -> ParameterSet {
    let space = ParameterSpace(seed: 5)
    _ = Linear(space.part("map"), inputs: 300, outputs: 200)
    let set = ParameterSet(space)
    set.prepareGradients()
    return set
  }

  /// The gradient of an update of a rank.
  private static func gradient(_ rank: Int, _ update: Int, _ count: Int) -> [Float] {
    var random = RandomSource(seed: UInt64(100 * rank + update))
    return (0..<count).map { _ in Float(random.uniform() - 0.5) }
  }

  /// What all ranks have after some meetings.
  private static func run(_ settings: LocalUpdateSettings, ranks: Int) throws -> [[Float]] {
    let bench = RankBench(ranks)
    let done = DispatchGroup()
    let lock = NSLock()
    nonisolated(unsafe) var found: [Int: Result<[Float], any Error>] = [:]
    for rank in 0..<ranks {
      done.enter()
      Thread.detachNewThread {
        Parallel.setSerial(true)
        let result = Result<[Float], any Error> {
          let set = Self.set()
          let catalog = try Catalog([StandardTraining.self])
          let inner = try catalog.optimizers.select("sgd").build(set)
          let optimizer = LocalUpdates(inner, set, settings)
          let exchange = BenchExchange(role: RankRole(rank: rank, count: ranks), bench: bench)
          for update in 0..<(rounds * steps) {
            let numbers = gradient(rank, update, set.gradients.count)
            set.gradients.withMutableScalars { _ = $0.update(fromContentsOf: numbers) }
            optimizer.update(rate: rate, gradientScale: 0.5)
            try optimizer.meetIfDue(exchange)
          }
          return set.values.scalars
        }
        lock.withLock { found[rank] = result }
        done.leave()
      }
    }
    done.wait()
    return try (0..<ranks).map { try #require(found[$0]).get() }
  }

  /// The same in double precision.
  private static func expected(_ settings: LocalUpdateSettings, ranks: Int) -> [Double] {
    var values = set().values.scalars.map(Double.init)
    var momentum = [Double](repeating: 0, count: values.count)
    let isSlow = settings.outerStep == .slowmo
    let outer = settings.outerLr ?? (isSlow ? 1 : 0.7)
    let share = settings.outerMomentum ?? (isSlow ? 0.5 : 0.9)
    for round in 0..<rounds {
      // Gradient descent changes the parameters by the sum of its steps.
      var change = [Double](repeating: 0, count: values.count)
      for rank in 0..<ranks {
        for step in 0..<steps {
          let numbers = gradient(rank, round * steps + step, values.count)
          for place in numbers.indices {
            change[place] += rate * 0.5 * Double(numbers[place]) / Double(ranks)
          }
        }
      }
      for place in values.indices {
        momentum[place] = share * momentum[place] + change[place] / (isSlow ? rate : 1)
        values[place] -=
          isSlow
          ? outer * rate * momentum[place] : outer * (change[place] + share * momentum[place])
      }
    }
    return values
  }

  @Test(arguments: OuterStep.allCases, [1, 2, 3])
  func meetingsFollowTheFormulas(_ step: OuterStep, _ ranks: Int) throws {
    var settings = LocalUpdateSettings()
    (settings.localUpdates, settings.outerStep) = (Self.steps, step)
    for (rate, momentum) in [(nil, nil), (0.8, 0.25)] as [(Double?, Double?)] {
      (settings.outerLr, settings.outerMomentum) = (rate, momentum)
      let found = try Self.run(settings, ranks: ranks)
      let expected = Self.expected(settings, ranks: ranks)
      let first = Self.set().values.scalars
      for values in found {
        #expect(values == found[0])
        let error = zip(values, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
        #expect(error < 2e-6, "\(step) on \(ranks) ranks: \(error)")
        #expect(zip(values, first).contains { abs($0 - $1) > 0.01 })
      }
    }
  }

  @Test func outerStepsNeedLocalUpdates() throws {
    var settings = TrainingSettings()
    settings.local.outerLr = 0.5
    #expect(throws: OptionError.self) { try settings.check() }
    settings.local.localUpdates = 4
    try settings.check()
  }

  /// One rank with the mean and nothing else goes where it would go anyway.
  @Test func oneRankIsTheInnerOptimizer() throws {
    var settings = LocalUpdateSettings()
    (settings.localUpdates, settings.outerMomentum) = (1, 0)
    let set = Self.set()
    let catalog = try Catalog([StandardTraining.self])
    let plain = try catalog.optimizers.select("sgd").build(set)
    for update in 0..<(Self.rounds * Self.steps) {
      let numbers = Self.gradient(0, update, set.gradients.count)
      set.gradients.withMutableScalars { _ = $0.update(fromContentsOf: numbers) }
      plain.update(rate: Self.rate, gradientScale: 0.5)
    }
    let found = try Self.run(settings, ranks: 1)[0]
    let error = zip(found, set.values.scalars).map { abs($0 - $1) }.max() ?? .infinity
    #expect(error < 1e-6)
  }
}

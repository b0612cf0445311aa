import Fairline
import FairlineTensor
import FairlineTesting
import Testing

/// What optimizers promise beyond the reference's numbers.
@Suite struct OptimizerTests {
  /// Parameters `[3, 40]`, `[17]` and `[2, 5, 6]`, all off zero.
  private func parameters() -> ParameterSet {
    let space = ParameterSpace(seed: 4)
    for (name, shape) in [("w", [3, 40]), ("b", [17]), ("t", [2, 5, 6])] as [(String, [Int])] {
      _ = space.parameter(name, Shape(shape), .normal(deviation: 0.5))
    }
    let set = ParameterSet(space)
    set.prepareGradients()
    return set
  }

  /// Fills the gradients with those of half the squared distance to ones.
  private func descend(_ set: ParameterSet) {
    for entry in set.entries {
      let gradient = (set.view(of: entry, in: set.values) - 1).scalars
      gradient.withUnsafeBufferPointer { set.write($0, to: entry, in: set.gradients) }
    }
  }

  private func distance(_ set: ParameterSet) -> Double {
    set.entries.reduce(0) { $0 + (set.view(of: $1, in: set.values) - 1).squaredNorm }
  }

  @Test(arguments: try Catalog([StandardTraining.self]).optimizers.names)
  func everyOneDescends(_ name: String) throws {
    let set = parameters()
    let optimizer = try Catalog([StandardTraining.self]).optimizers.select(name).build(set)
    let before = distance(set)
    // Adadelta's steps begin near zero whatever the rate.
    let rates = ["adadelta": 30.0, "nag": 0.002]
    for _ in 0..<80 {
      descend(set)
      optimizer.update(rate: rates[name] ?? 0.05, gradientScale: 1)
    }
    #expect(distance(set) < 0.5 * before, "\(name)")
    #expect(optimizer.stepCount == 80)
    #expect(set.values.isFinite)
  }

  @Test(arguments: try Catalog([StandardTraining.self]).optimizers.names)
  func gradientsAreScaledFirst(_ name: String) throws {
    let results = try [1, 0.25].map { (scale: Float) in
      let set = parameters()
      let optimizer = try Catalog([StandardTraining.self]).optimizers.select(name).build(set)
      for _ in 0..<5 {
        descend(set)
        let stored = set.gradients.scalars.map { $0 / scale }
        set.gradients.withScalars { flat in
          UnsafeMutableBufferPointer(mutating: flat).update(fromContentsOf: stored)
        }
        optimizer.update(rate: 0.01, gradientScale: scale)
      }
      return set.values.scalars
    }
    #expect(zip(results[0], results[1]).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  private func adafactor(_ change: (inout Adafactor.Settings) -> Void) -> Adafactor.Settings {
    var settings = Adafactor.Settings()
    change(&settings)
    return settings
  }

  /// The change of each parameter in one step.
  private func steps(_ settings: Adafactor.Settings, rate: Double, after count: Int = 0) throws
    -> [[Float]]
  {
    let set = parameters()
    let optimizer = try Adafactor(settings, set)
    optimizer.stepCount = count
    descend(set)
    let before = set.values
    let old = set.entries.map { set.view(of: $0, in: before).scalars }
    optimizer.update(rate: rate, gradientScale: 1)
    return zip(set.entries, old).map { entry, old in
      zip(set.view(of: entry, in: set.values).scalars, old).map(-)
    }
  }

  @Test func adafactorScalesEachParameterByItself() throws {
    let plain = try steps(adafactor { _ in }, rate: 0.1)
    let scaled = try steps(adafactor { $0.scaleParameter = true }, rate: 0.1)
    let compound = try steps(
      adafactor {
        $0.scaleParameter = true
        $0.compoundScale = true
      }, rate: 0.1)
    let set = parameters()
    var product: Float = 1
    for (index, entry) in set.entries.enumerated() {
      let values = set.view(of: entry, in: set.values)
      let size = Float((values.squaredNorm / Double(values.count)).squareRoot())
      product *= size
      for i in plain[index].indices {
        #expect(abs(scaled[index][i] - size * plain[index][i]) < 1e-6)
        #expect(abs(compound[index][i] - product * plain[index][i]) < 1e-6)
      }
    }
  }

  @Test func adafactorsRelativeStepsFollowTheNumberOfUpdates() throws {
    for (warmup, count, rate) in [
      (false, 1, 1e-2), (false, 40_000, 1 / 200.0), (true, 500, 5e-4), (true, 40_000, 1 / 200.0),
    ] {
      let own = adafactor {
        $0.relativeStep = true
        $0.warmupInit = warmup
      }
      let relative = try steps(own, rate: 7, after: count - 1)
      #expect(relative == (try steps(adafactor { _ in }, rate: rate, after: count - 1)))
    }
  }

  @Test func settingsThatMakeNoSenseAreRefused() throws {
    let set = parameters()
    for (flag, settings) in [
      ("--adafactor-eps", adafactor { $0.adafactorEps = [1] }),
      ("--clip-threshold", adafactor { $0.clipThreshold = 0 }),
      ("--decay-rate", adafactor { $0.decayRate = 0.8 }), ("--beta1", adafactor { $0.beta1 = 1 }),
      ("--relative-step", adafactor { $0.warmupInit = true }),
      ("--scale-parameter", adafactor { $0.compoundScale = true }),
      (
        "no --relative-step",
        adafactor {
          $0.scaleParameter = true
          $0.compoundScale = true
          $0.relativeStep = true
        }
      ),
    ] {
      #expect(message { _ = try Adafactor(settings, set) }.contains(flag))
    }
    var delta = Adadelta.Settings()
    delta.adadeltaRho = 1
    #expect(message { _ = try Adadelta(delta, set) }.contains("--adadelta-rho"))
    var adamax = Adamax.Settings()
    adamax.adamaxBetas = [0.9]
    #expect(message { _ = try Adamax(adamax, set) }.contains("--adamax-betas"))
  }
}

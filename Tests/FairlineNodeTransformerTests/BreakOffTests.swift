import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor
import Testing

/// A solve that breaks off is not an identity, and is told of.
@Suite struct BreakOffTests {
  /// Both sides with a tolerance that no step meets.
  private func impossible(
    _ policy: NodeLimitPolicy = .coast, _ control: NodeControl = .batch
  ) throws -> NodeTransformer {
    try Samples.model {
      Variant.sides[2].change(&$0)
      ($0.node.nodeRtol, $0.node.nodeAtol) = (0, 1e-38)
      $0.node.nodeMaxNumSteps = 100_000
      $0.node.nodeOnLimit = policy
      $0.node.nodeControl = control
    }
  }

  private func multiply(_ model: NodeTransformer, by factor: Float) {
    for entry in model.parameters.entries where entry.name.contains(".layers.") {
      let values = model.parameters.view(of: entry, in: model.parameters.values).scalars
      values.map { $0 * factor }.withUnsafeBufferPointer {
        model.parameters.write($0, to: entry, in: model.parameters.values)
      }
    }
  }

  private func sum(_ pass: ForwardPass, _ ending: String) -> Double {
    pass.statistics.values.filter { $0.key.hasSuffix(ending) }.reduce(0) { $0 + $1.value.sum }
  }

  /// Coasting takes the very steps of a fixed grid.
  @Test(arguments: [NodeControl.batch, .sequence])
  func aSolveThatBreaksOffCoastsOnAFixedGrid(_ control: NodeControl) throws {
    let broken = try impossible(.coast, control)
    let (value, gradients, pass) = Samples.loss(broken)
    #expect(sum(pass, ".brokenOff") == (control == .batch ? 2 : 6))
    #expect(sum(pass, ".pullbacks") > 0 && pass.refusal == nil)
    #expect(value.isFinite && gradients.contains { $0 != 0 })
    let fixed = try Samples.model {
      Variant.sides[2].and(.fixed("dopri5", 2)).change(&$0)
    }
    #expect(abs(Samples.loss(fixed).value - value) < 1e-3 * value)
    #expect(abs(Samples.loss(try Samples.model()).value - value) > 1e-3 * value)
  }

  @Test(arguments: [NodeLimitPolicy.skip, .postpone])
  func otherPoliciesRefuseTheBatch(_ policy: NodeLimitPolicy) throws {
    let refusal = try #require(Samples.loss(try impossible(policy)).pass.refusal)
    #expect(refusal.wish == (policy == .skip ? .skip : .postpone))
  }

  /// A field that leaves the finite numbers has no state to go on with, whatever the policy.
  @Test func numbersThatAreNotFiniteAreNoIdentity() throws {
    let adaptive = try Samples.model { Variant.sides[2].change(&$0) }
    multiply(adaptive, by: 1e38)
    let pass = Samples.loss(adaptive).pass
    #expect(sum(pass, ".brokenOff") > 0)
    #expect(pass.refusal?.wish == .skip)
    let fixed = try Samples.model { Variant.sides[2].and(.fixed("heun2", 2)).change(&$0) }
    multiply(fixed, by: 1e38)
    let loss = Samples.loss(fixed)
    #expect(loss.pass.refusal == nil && !loss.value.isFinite)
  }

  @Test func evaluationCountsWhatBrokeOff() throws {
    let good = try Samples.model { Variant.sides[2].change(&$0) }
    _ = good(Samples.batch(), .evaluation())
    #expect(good.trouble == nil)
    let bad = try impossible()
    _ = bad(Samples.batch(), .evaluation())
    let trouble = try #require(bad.trouble)
    #expect(trouble.isFatal && trouble.sentence.hasPrefix("2 of 2 solves broke off"))
  }

  /// Most solves of a training that broke off end it with an error, a few are only told of.
  @Test func trainingTellsAndEnds() throws {
    func observe(_ model: NodeTransformer, updates: Int, ends: Bool) -> (String?, Double?) {
      let statistics = Samples.loss(model).pass.statistics
      var observers = model.observers
      for index in observers.indices {
        observers[index].epochBegan(EpochDescription(number: 1, updates: updates))
        for number in 1...updates {
          var update = Update(
            number: number, epoch: 1, position: number, epochUpdates: updates, rate: 1,
            nextRate: 1)
          update.statistics = statistics
          observers[index].updated(update)
        }
        if ends { observers[index].trainingEnded(.maximumUpdates(updates)) }
      }
      let column = observers.flatMap(\.columns).first { $0.key == "node_broken_off" }
      return (observers.lazy.compactMap(\.failure).first, column?.value)
    }
    let bad = try impossible()
    #expect(observe(bad, updates: 3, ends: false).0 == nil)
    #expect(observe(bad, updates: 3, ends: false).1 == 6)
    #expect(observe(bad, updates: 3, ends: true).0?.hasPrefix("6 of 6 solves broke off") == true)
    #expect(observe(bad, updates: 100, ends: false).0?.hasPrefix("200 of 200") == true)
    let good = try Samples.model { Variant.sides[2].change(&$0) }
    let (failure, column) = observe(good, updates: 100, ends: true)
    #expect(failure == nil && column == nil)
  }
}

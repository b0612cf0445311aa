import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor
import FairlineTesting
import Testing

/// What solves cost, what happens at their limits, and how that is told.
@Suite struct StatisticsTests {
  private static let both = Variant.sides[2]

  private static func cell(_ value: Double) -> String { "\(Int(value.rounded()))" }

  private func sum(_ pass: ForwardPass, _ ending: String) -> Double {
    pass.statistics.values.filter { $0.key.hasSuffix(ending) }.reduce(0) { $0 + $1.value.sum }
  }

  @Test func adaptiveSolvesEvaluateTwiceAndSixTimesAStep() throws {
    for tolerance in [1e-2, 1e-4] {
      let model = try Samples.model { Self.both.and(.adaptive("dopri5", tolerance)).change(&$0) }
      let pass = Samples.loss(model).pass
      for side in ["encoder", "decoder"] {
        let name = "\(side).layers.0."
        let values = pass.statistics.values
        let evaluations = try #require(values[name + "evaluations"]).sum
        let steps =
          try #require(values[name + "accepted"]).sum + #require(values[name + "rejected"]).sum
        #expect(evaluations == 2 + 6 * steps)
        #expect(try #require(values[name + "pullbacks"]).sum > 0)
        #expect(try #require(values[name + "unfinished"]).sum == 0)
      }
    }
  }

  @Test func fixedStepsCostWhatTheTableSays() throws {
    for (method, stages) in [("euler", 1), ("heun2", 2), ("rk4", 4)] {
      for pieces in [1, 2] {
        let model = try Samples.model {
          Self.both.and(.fixed(method, 4)).change(&$0)
          $0.node.nodeWeightPieces = pieces
        }
        let pass = Samples.loss(model).pass
        #expect(sum(pass, ".evaluations") == Double(2 * 4 * stages))
        #expect(sum(pass, ".pullbacks") == Double(2 * 4 * stages))
      }
    }
  }

  /// The study's field at its start, with dropout drawn anew in each evaluation and without.
  @Test func noiseLooksLikeErrorToTheStepControl() throws {
    func cost(_ dropout: NodeDropout) throws -> (forward: Double, back: Double) {
      var settings = Samples.settings()
      settings.transformer.encoderEmbedDim = 64
      settings.transformer.encoderFfnEmbedDim = 256
      settings.transformer.encoderAttentionHeads = 8
      settings.transformer.decoderAttentionHeads = 8
      settings.transformer.encoderNormalizeBefore = false
      settings.transformer.dropout = 0.1
      settings.node.nodeEncoder = true
      settings.node.nodeField = .postNorm
      settings.node.nodeDropout = dropout
      settings.node.nodeGradient = .adjoint
      let model = try NodeTransformer(settings, for: Samples.task)
      let sources = (0..<16).map { (row: Int) -> [Int32] in
        let symbols = (0..<20).map { (place: Int) -> Int32 in Int32(4 + (row * 7 + place * 5) % 18)
        }
        return symbols + [2]
      }
      let targets: [[Int32]] = sources.map { Array($0.prefix(4)) + [2] }
      let batch = Batch.pairs(ids: Array(0..<16), sources: sources, targets: targets)
      let pass = Samples.loss(model, batch).pass
      return (sum(pass, ".evaluations"), sum(pass, ".pullbacks"))
    }
    let (noisy, frozen, off) = (try cost(.resampled), try cost(.frozen), try cost(.off))
    print("evaluations: resampled \(noisy), frozen \(frozen), off \(off)")
    // The study's code took 38 and 27 with noise, 14 and 15 without.
    for quiet in [frozen, off] {
      #expect(quiet.forward <= 20 && quiet.back <= 21)
    }
    #expect((32...62).contains(noisy.forward))
    #expect(noisy.back >= 1.4 * off.back && noisy.back <= 62)
  }

  private func stiff(
    _ policy: NodeLimitPolicy, _ gradient: NodeGradient = .auto
  ) throws -> NodeTransformer {
    let model = try Samples.model {
      $0.node.nodeGradient = gradient
      Self.both.and(.adaptive("dopri5", 1e-6)).change(&$0)
      $0.node.nodeMaxEvaluations = 20
      $0.node.nodeOnLimit = policy
    }
    // Weights times thirty make the field fast.
    for entry in model.parameters.entries where entry.name.contains(".layers.") {
      let values = model.parameters.view(of: entry, in: model.parameters.values).scalars
      values.map { $0 * 30 }.withUnsafeBufferPointer {
        model.parameters.write($0, to: entry, in: model.parameters.values)
      }
    }
    return model
  }

  @Test(arguments: [NodeGradient.auto, .replay, .backpropagation, .adjoint])
  func aStiffFieldEndsWithinItsBudget(_ gradient: NodeGradient) throws {
    let (value, gradients, pass) = Samples.loss(try stiff(.coast, gradient))
    #expect(value.isFinite)
    #expect(gradients.allSatisfy { $0.isFinite })
    #expect(pass.refusal == nil)
    for side in ["encoder", "decoder"] {
      let values = pass.statistics.values
      #expect(try #require(values["\(side).layers.0.evaluations"]).sum <= 20)
      #expect(try #require(values["\(side).layers.0.unfinished"]).sum == 1)
      #expect(try #require(values["\(side).layers.0.pullbacks"]).sum <= 22)
      let failedBack = try #require(values["\(side).layers.0.backwardUnfinished"]).sum
      #expect(failedBack == (gradient == .adjoint ? 1 : 0))
    }
  }

  @Test(arguments: [NodeLimitPolicy.skip, .postpone])
  func aBatchOverItsBudgetIsRefused(_ policy: NodeLimitPolicy) throws {
    let model = try stiff(policy)
    let refusal = try #require(Samples.loss(model).pass.refusal)
    #expect(refusal.wish == (policy == .skip ? .skip : .postpone))
    #expect(refusal.reason.hasSuffix("ran out of evaluations (--node-max-evaluations 20)"))
    // Evaluation always ends with a result.
    let pass = ForwardPass.evaluation()
    #expect(model(Samples.batch(), pass).logits.scalars.allSatisfy { $0.isFinite })
    #expect(pass.refusal == nil)
  }

  @Test func everyOutcomeHasAResult() throws {
    for gradient in NodeGradient.allCases {
      for dropout in NodeDropout.allCases where (dropout, gradient) != (.resampled, .replay) {
        let model = try Samples.model {
          Self.both.and(.adaptive("dopri5", 1e-7)).change(&$0)
          $0.node.nodeGradient = gradient
          $0.node.nodeDropout = dropout
          $0.transformer.dropout = 0.3
          $0.node.nodeMaxEvaluations = 30
        }
        if dropout == .resampled && gradient == .auto { continue }
        let (value, gradients, _) = Samples.loss(model)
        #expect(value.isFinite, "\(gradient), \(dropout)")
        #expect(gradients.allSatisfy { $0.isFinite }, "\(gradient), \(dropout)")
      }
    }
  }

  @Test func sequencesStepAlone() throws {
    let tolerance = 1e-4
    let settings = Samples.settings {
      Self.both.and(.adaptive("dopri5", tolerance)).change(&$0)
      $0.node.nodeControl = .sequence
    }
    let model = try NodeTransformer(settings, for: Samples.task)
    let whole = model(Samples.batch(), .evaluation()).logits
    let single = Tensor.concatenated(
      (0..<3).map { model(Samples.batch([$0]), .evaluation()).logits })
    // With steps of their own, sequences depend on each other through the rounding of products
    // only, which may change steps.
    #expect(mismatch(whole, single, absolute: tolerance, relative: tolerance) == nil)
    let loss = Samples.loss(model)
    #expect(loss.gradients.contains { $0 != 0 })
  }

  @Test func observersAverageByEpochAndKeepValidationApart() throws {
    let model = try Samples.model { Self.both.and(.fixed("heun2", 2)).change(&$0) }
    var observers = model.observers
    let pass = Samples.loss(model).pass
    var update = Update(number: 1, epoch: 1, position: 1, epochUpdates: 2, rate: 1, nextRate: 1)
    update.statistics = pass.statistics
    func column(_ key: String) -> String? {
      observers.flatMap(\.columns).first { $0.key == key }.map { Self.cell($0.value) }
    }
    for index in observers.indices {
      observers[index].epochBegan(EpochDescription(number: 1, updates: 2))
      observers[index].updated(update)
    }
    #expect(column("nfe_encoder") == "4")
    #expect(column("nfe_decoder_back") == "4")
    #expect(column("node_unfinished") == "0")
    var validation = Validation(name: "valid", epoch: 1, updates: 1)
    let evaluation = ForwardPass.evaluation()
    for _ in 0..<9 { _ = model(Samples.batch(), evaluation) }
    validation.statistics = evaluation.statistics
    for index in observers.indices { observers[index].validated(validation) }
    #expect(column("nfe_encoder") == "4")
    for index in observers.indices { observers[index].updated(update) }
    #expect(column("nfe_encoder") == "4")
    for index in observers.indices {
      observers[index].epochBegan(EpochDescription(number: 2, updates: 2))
    }
    #expect(column("nfe_encoder") == nil)
  }

  @Test func aSideThatIsClassicReportsNothing() throws {
    #expect(try Samples.model().observers.isEmpty)
    let encoder = try Samples.model { $0.node.nodeEncoder = true }
    #expect(encoder.observers.count == 3)
  }
}

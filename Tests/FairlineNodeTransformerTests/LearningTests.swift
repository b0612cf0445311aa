import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor
import Testing

/// Small trainings that tell a working model from a broken one.
@Suite struct LearningTests {
  /// The mean loss in bits after training to reverse short texts.
  private func train(_ variant: Variant, updates: Int = 260) throws -> Double {
    var settings = Samples.settings()
    settings.transformer.encoderEmbedDim = 32
    settings.transformer.encoderFfnEmbedDim = 64
    variant.change(&settings)
    let model = try NodeTransformer(settings, for: Samples.task)
    var adam = Adam.Settings()
    adam.adamBetas = [0.9, 0.98]
    let optimizer = try Adam(adam, model.parameters)
    var losses: [Double] = []
    for update in 0..<updates {
      var random = RandomSource(seed: 9, update: update)
      let sources = (0..<16).map { _ -> [Int32] in
        (0..<(3 + Int(random.uniform() * 5))).map { _ in 4 + Int32(random.uniform() * 12) } + [2]
      }
      let targets = sources.map { Array($0.dropLast().reversed()) + [2] }
      let batch = Batch.pairs(ids: Array(0..<16), sources: sources, targets: targets)
      model.parameters.prepareGradients()
      let pass = ForwardPass.training(RandomSource(seed: 1, update: update))
      let loss = model(batch, pass).crossEntropy(targets: batch.target).loss
      pass.tape?.goBack(from: loss)
      let scale = 1 / Float(batch.tokenCount)
      losses.append(Double(loss.scalar * scale) / 0.6931)
      optimizer.update(rate: 4e-3, gradientScale: scale)
    }
    return losses.suffix(30).reduce(0, +) / 30
  }

  @Test func anEncoderWithoutGradientRaisesTheLoss() throws {
    let node = Variant.sides[2].and(.fixed("midpoint", 1))
    let whole = try train(node)
    let frozen = try train(node.and(Variant("detached") { $0.node.nodeDetachEncoder = true }))
    #expect(whole < frozen - 0.2, "\(whole) bits, \(frozen) with a frozen encoder")
  }

  @Test func theStudysFieldLearnsToo() throws {
    let field = Variant.sides[2].and(Variant.fields[1]).and(.fixed("heun2", 1))
    #expect(try train(field) < 2.6)
  }
}

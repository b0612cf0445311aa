import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor
import FairlineTesting
import Testing

/// What a NODE contains: classic layers, stacks of them, and their numbers.
@Suite struct FieldTests {
  private func logits(_ model: any Model, _ batch: Batch = Samples.batch()) -> Tensor {
    model(batch, ForwardPass.evaluation()).logits
  }

  @Test(arguments: Variant.sides.dropLast()) func oneEulerStepIsAClassicLayer(
    _ side: Variant
  ) throws {
    let node = try Samples.model { side.and(.fixed("euler", 1)).change(&$0) }
    let classic = try Transformer(Samples.settings().transformer, for: Samples.task)
    let observed = logits(node)
    #expect(mismatch(observed, logits(classic), absolute: 1e-6) == nil)
  }

  @Test func piecesAreLayersOfAStack() throws {
    let node = try Samples.model {
      $0.node.nodeEncoder = true
      $0.node.nodeDecoder = true
      $0.node.nodeWeightPieces = 3
      $0.node.nodeMethod = "euler"
      $0.node.nodeSteps = 3
    }
    var c = Samples.settings().transformer
    c.encoderLayers = 3
    c.decoderLayers = 3
    let classic = try Transformer(c, for: Samples.task)
    #expect(mismatch(logits(node), logits(classic), absolute: 4e-6) == nil)
  }

  @Test func withoutASideItIsTheClassicTransformer() throws {
    let node = try Samples.model()
    let classic = try Transformer(Samples.settings().transformer, for: Samples.task)
    #expect(logits(node).scalars == logits(classic).scalars)
  }

  @Test(arguments: Variant.product(Variant.sides, Variant.fields, Variant.extras))
  func aBatchIsAStackOfSingles(_ variant: Variant) throws {
    let model = try Samples.model { variant.and(.fixed("heun2", 2)).change(&$0) }
    let whole = logits(model)
    let single = Tensor.concatenated((0..<3).map { logits(model, Samples.batch([$0])) })
    #expect(mismatch(whole, single, absolute: 2e-5) == nil)
  }

  @Test(arguments: Variant.product(Variant.sides, Variant.fields, Variant.extras))
  func laterTargetsChangeNothing(_ variant: Variant) throws {
    let model = try Samples.model { variant.and(.fixed("rk4", 2)).change(&$0) }
    let first = Batch.pairs(ids: [0], sources: [[5, 9, 2]], targets: [[6, 8, 7, 4, 2]])
    let other = Batch.pairs(ids: [0], sources: [[5, 9, 2]], targets: [[6, 8, 11, 12, 2]])
    // The third symbol is read in the fourth place.
    let (a, b) = (logits(model, first), logits(model, other))
    #expect(mismatch(a.sliced(0..<3), b.sliced(0..<3), absolute: 0) == nil)
    #expect(mismatch(a.sliced(3..<5), b.sliced(3..<5), absolute: 1e-4) != nil)
  }

  @Test(arguments: Variant.product(Variant.sides, Variant.fields))
  func theSameSeedGivesTheSameBits(_ variant: Variant) throws {
    let model = try Samples.model {
      variant.and(.adaptive("dopri5", 1e-2)).change(&$0)
      $0.transformer.dropout = 0.2
      $0.transformer.attentionDropout = 0.1
    }
    let (first, second) = (Samples.loss(model), Samples.loss(model))
    #expect(first.value == second.value)
    #expect(first.gradients == second.gradients)
    #expect(Samples.loss(model, seed: 4).value != first.value)
  }

  /// A unit of the rectified map that is dropped for the only target has no gradient, no more than
  /// one that is negative.
  @Test func theRectifiedMapDropsNothingWithoutDropoutInTheField() throws {
    func activeUnits(_ dropout: NodeDropout) throws -> Int {
      let model = try Samples.model {
        $0.node.nodeDecoder = true
        $0.node.nodeSeparatedDecoder = true
        $0.node.nodeField = .postNorm
        $0.node.nodeDropout = dropout
        $0.transformer.encoderEmbedDim = 64
        $0.transformer.dropout = 0.9
      }
      _ = Samples.loss(model, Batch.pairs(ids: [0], sources: [[5, 9, 2]], targets: [[2]]))
      let bias = try #require(
        model.parameters.parameters.first { $0.name == "decoder.layers.0.output.bias" })
      return bias.gradient.scalars.count { $0 != 0 }
    }
    #expect(try (20...44).contains(activeUnits(.off)))
    #expect(try (1...14).contains(activeUnits(.frozen)))
  }

  @Test func timeIsRead() throws {
    for field in Variant.fields {
      let model = try Samples.model {
        field.and(.fixed("midpoint", 2)).change(&$0)
        $0.node.nodeEncoder = true
        $0.node.nodeTimeDependent = true
      }
      let whole = Samples.loss(model)
      let name = "time_shift"
      for parameter in model.parameters.parameters where parameter.name.hasSuffix(name) {
        #expect(parameter.gradient.scalars.contains { $0 != 0 }, "\(field.name)")
      }
      var later = model.configuration
      later.node.nodeTs = [1, 2]
      let moved = try NodeTransformer(later, for: Samples.task)
      if field.name != "pre_norm" {
        // The direction of a residual field starts at zero, so that it begins as a classic layer.
        #expect(Samples.loss(moved).value != whole.value, "\(field.name)")
      }
    }
  }

  @Test func attentionBelongsToTheEndOfTheSolve() throws {
    let model = try Samples.model {
      $0.node.nodeDecoder = true
      $0.node.nodeMethod = "dopri5"
    }
    let weights = try #require(model(Samples.batch(), .evaluation()).attention)
    #expect(weights.sequences.map(\.shape) == [[3, 5], [7, 2], [2, 8]])
    for sum in weights.sequences.flatMap({ $0.sum(along: 1).scalars }) {
      #expect(abs(sum - 1) < 1e-5)
    }
  }
}

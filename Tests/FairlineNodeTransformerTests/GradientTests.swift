import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor
import Testing

/// Gradients through solves: of the weights of both sides, in every mode.
@Suite struct GradientTests {
  private static let solvers: [Variant] = [
    .fixed("euler", 2), .fixed("rk4", 2), .fixed("explicit_adams", 4),
    .adaptive("dopri5", 1e-5),
  ]
  private static let modes = [NodeGradient.replay, .backpropagation, .adjoint].map { mode in
    Variant("\(mode)") { $0.node.nodeGradient = mode }
  }

  @Test(arguments: Variant.product(Variant.sides, solvers, modes))
  func encoderWeights(_ variant: Variant) throws {
    // A continuous adjoint has the solver's own error: fine steps keep it below the tolerance.
    let isAdjoint = variant.name.hasSuffix("adjoint")
    let model = try Samples.model {
      variant.change(&$0)
      $0.transformer.dropout = 0.1
      if isAdjoint, $0.node.nodeSteps > 0 { $0.node.nodeSteps = 64 }
    }
    let (difference, gradient) = Samples.slopes(model) { $0.hasPrefix("encoder.") }
    #expect(
      abs(difference - gradient) <= (isAdjoint ? 5e-2 : 1e-2) * abs(difference),
      "\(difference) by differences, \(gradient) by the gradient")
  }

  @Test(arguments: Variant.product(Variant.sides, Variant.fields, Variant.extras))
  func allWeights(_ variant: Variant) throws {
    let model = try Samples.model {
      variant.and(.fixed("heun2", 2)).change(&$0)
      $0.transformer.dropout = 0.1
      $0.transformer.activationDropout = 0.1
      $0.transformer.attentionDropout = 0.1
    }
    // The step crosses corners of the rectifier in fields without residual streams.
    let (difference, gradient) = Samples.slopes(model, step: 1e-3)
    #expect(
      abs(difference - gradient) <= 2e-2 * abs(difference),
      "\(difference) by differences, \(gradient) by the gradient")
  }

  @Test(arguments: Variant.product(Variant.sides, Variant.fields))
  func theAdjointAgreesWithTheExactGradient(_ variant: Variant) throws {
    func gradients(_ mode: NodeGradient) throws -> [Float] {
      let model = try Samples.model {
        variant.and(.adaptive("dopri5", 1e-5)).change(&$0)
        $0.node.nodeGradient = mode
        $0.transformer.dropout = 0.1
      }
      return Samples.loss(model).gradients
    }
    let (exact, adjoint) = (try gradients(.replay), try gradients(.adjoint))
    #expect(cosine(exact, adjoint) >= 0.999)
    #expect(exact != adjoint)
  }

  @Test func bothExactModesGiveTheSameGradient() throws {
    for solver in [Variant.fixed("rk4", 2), .adaptive("dopri5", 1e-3)] {
      let all = try [NodeGradient.replay, .backpropagation].map { mode in
        let model = try Samples.model {
          Variant.sides[2].and(solver).change(&$0)
          $0.node.nodeGradient = mode
          $0.transformer.dropout = 0.2
        }
        return Samples.loss(model).gradients
      }
      #expect(cosine(all[0], all[1]) > 0.999999)
    }
  }

  @Test func penaltiesHaveGradients() throws {
    for penalty in [
      Variant("kinetic") { $0.node.nodeKineticWeight = 5 },
      Variant("error") { $0.node.nodeErrorWeight = 50 },
      Variant("end") { $0.node.nodeRandomEnd = 0.5 },
    ] {
      let model = try Samples.model { c in
        Variant.sides[2].and(.fixed("bosh3", 2)).and(penalty).change(&c)
        c.node.nodeTimeDependent = true
      }
      let plain = try Samples.model { c in
        Variant.sides[2].and(.fixed("bosh3", 2)).change(&c)
        c.node.nodeTimeDependent = true
      }
      #expect(Samples.loss(model).value != Samples.loss(plain).value, "\(penalty.name)")
      guard penalty.name != "error" else { continue }
      let (difference, gradient) = Samples.slopes(model) { $0.hasPrefix("encoder.") }
      #expect(abs(difference - gradient) <= 1e-2 * abs(difference), "\(penalty.name)")
    }
  }

  @Test func aDetachedEncoderHasNoGradient() throws {
    let model = try Samples.model {
      $0.node.nodeDecoder = true
      $0.node.nodeDetachEncoder = true
    }
    let gradients = Samples.loss(model).gradients
    for entry in model.parameters.entries where entry.name.hasPrefix("encoder.layers") {
      let range = entry.offset..<(entry.offset + entry.shape.count)
      #expect(gradients[range].allSatisfy { $0 == 0 }, "\(entry.name)")
    }
  }

  private func cosine(_ a: [Float], _ b: [Float]) -> Double {
    func dot(_ x: [Float], _ y: [Float]) -> Double {
      zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
  }
}

import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor
import FairlineTesting
import Testing

/// One symbol at a time gives what all at once give, also when hypotheses change places.
@Suite struct SearchTests {
  private static let solvers: [Variant] = [
    .fixed("euler", 2), .fixed("rk4", 2), .fixed("explicit_adams", 6), .adaptive("dopri5", 1e-3),
    .fixed("implicit_adams", 2),
  ]

  /// Compares each step of a search with the whole prefixes; without a tolerance only tells how far
  /// they are apart.
  @discardableResult
  private func check(
    _ model: NodeTransformer, absolute: Double?, relative: Double = 0,
    precision: InferencePrecision = .float32
  ) throws -> Double {
    var apart = 0.0
    let sources: [[Int32]] = [[5, 9, 11, 4, 2], [7, 8, 2]]
    var preparation = SearchPreparation()
    preparation.precision = precision
    let decoder = model.prepareSearch(preparation).makeDecoder(for: PackedTokens(sources))
    decoder.keepsAttention = true
    let steps = SearchSteps(
      parents: [[-1, -1, -1, -1], [1, 0, 3, 3], [0, 0, 2], [1, 0, 2], [1, 2]],
      sentences: [[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 1], [0, 0, 1], [0, 1]])
    try steps.run(
      model, decoder, source: { rows in PackedTokens(rows.map { sources[Int($0)] }) }
    ) { step, observed, expected in
      apart = max(apart, Double((observed - expected).scalars.map(abs).max() ?? .infinity))
      if let absolute {
        let wrong = mismatch(observed, expected, absolute: absolute, relative: relative)
        #expect(wrong == nil, "step \(step)")
      }
      for (row, weights) in try #require(decoder.attention).enumerated() {
        #expect(weights.count == sources[Int(steps.sentences[step][row])].count)
        #expect(abs(weights.reduce(0, +) - 1) < 1e-5)
      }
      #expect(decoder.attention?.count == steps.sentences[step].count)
    }
    return apart
  }

  @Test(arguments: Variant.product(Variant.sides, Variant.fields, solvers))
  func stepsEqualTheWhole(_ variant: Variant) throws {
    // The steps of an adaptive solve depend on the batch.
    let isAdaptive = variant.name.contains("dopri5")
    try check(Samples.model(variant.change), absolute: isAdaptive ? 2e-2 : 1e-5)
  }

  /// Adaptive steps of a search agree with those of whole prefixes to the tolerance of the solver.
  ///
  /// Products may round a row as the number of rows has it, so rounding differs between batches; it
  /// may lengthen a step or refuse one.
  @Test(arguments: Variant.product(Variant.sides, Variant.fields, Variant.extras))
  func adaptiveSequencesStepAsTheWhole(_ variant: Variant) throws {
    let tolerance = 1e-3
    let model = try Samples.model {
      variant.and(.adaptive("dopri5", tolerance)).change(&$0)
      $0.node.nodeControl = .sequence
    }
    try check(model, absolute: tolerance, relative: tolerance)
  }

  /// A tolerance so wide that rounding cannot matter: the first step follows smoothly from the
  /// state and slope it is chosen for, its error is far below what is allowed, and the next goes to
  /// the end.
  private static let wide = Variant.adaptive("adaptive_heun", 1)

  /// With steps of its own a sequence takes the same ones in every batch.
  @Test(arguments: Variant.product(Variant.sides, Variant.fields, Variant.extras))
  func sequencesHaveStepsOfTheirOwn(_ variant: Variant) throws {
    let model = try Samples.model {
      variant.and(Self.wide).change(&$0)
      $0.node.nodeControl = .sequence
    }
    try check(model, absolute: 1e-5)
  }

  /// The steps of a batch depend on it by more than the comparison above allows.
  @Test func stepsOfABatchAreSeen() throws {
    let model = try Samples.model {
      Variant.sides[2].and(Self.wide).change(&$0)
      $0.node.nodeControl = .batch
    }
    #expect(try check(model, absolute: nil) > 1e-5)
  }

  @Test(arguments: Variant.product(Variant.sides, Variant.fields, Variant.extras))
  func everyExtraStepsToo(_ variant: Variant) throws {
    try check(Samples.model(variant.and(.fixed("heun2", 2)).change), absolute: 1e-5)
  }

  /// Linear maps in 8 bit integers are near those in floating point, and not the same.
  @Test(arguments: Variant.product(Variant.sides, Variant.fields, Variant.extras))
  func integersAreNear(_ variant: Variant) throws {
    let model = try Samples.model(variant.and(.fixed("rk4", 2)).change)
    #expect(model.searchesInIntegers)
    let apart = try check(model, absolute: nil, precision: .int8)
    #expect(apart > 1e-6 && apart < 0.1, "\(apart)")
  }

  /// Where each prefix is solved anew, there is no search in integers.
  @Test func adaptiveStepsAreNotInIntegers() throws {
    let model = try Samples.model {
      Variant.sides[2].and(.adaptive("dopri5", 1e-3)).change(&$0)
      $0.node.nodeControl = .batch
    }
    #expect(!model.searchesInIntegers)
  }
}

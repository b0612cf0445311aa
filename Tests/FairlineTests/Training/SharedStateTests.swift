import Fairline
import FairlineTensor
import Testing

/// Optimizers that update parts of the parameters.
@Suite struct SharedStateTests {
  private func set() -> ParameterSet {
    let space = ParameterSpace(seed: 5)
    _ = Linear(space.part("large"), inputs: 300, outputs: 300)
    _ = Linear(space.part("small"), inputs: 7, outputs: 9)
    let set = ParameterSet(space)
    set.prepareGradients()
    return set
  }

  private func fill(_ set: ParameterSet, _ seed: Int) {
    var random = RandomSource(seed: UInt64(seed))
    set.gradients.withMutableScalars { all in
      for place in all.indices { all[place] = Float(random.uniform() - 0.5) }
    }
  }

  @Test(arguments: try Catalog([StandardTraining.self]).optimizers.names)
  func partsMakeTheWhole(_ name: String) throws {
    let catalog = try Catalog([StandardTraining.self])
    func optimizer(_ set: ParameterSet) throws -> any Optimizer {
      let selection = try catalog.optimizers.select(name)
      if name == "sgd" { try selection.draft.merge(["momentum": 0.9]) }
      return try selection.build(set)
    }
    let (whole, parted) = (set(), set())
    let one = try optimizer(whole)
    guard let first = try optimizer(parted) as? any ElementwiseOptimizer else {
      // Whose steps need whole matrices.
      #expect(name == "adafactor")
      return
    }
    // The same parameters, updated by two ranks.
    let other = try optimizer(parted)
    let second = try #require(other as? any ElementwiseOptimizer)
    let border = 2 * Parallel.grain
    #expect(border < parted.values.count)
    for step in 0..<4 {
      fill(whole, step)
      fill(parted, step)
      one.update(rate: 0.01, gradientScale: 0.5)
      first.update(rate: 0.01, gradientScale: 0.5, of: 0..<border)
      second.update(rate: 0.01, gradientScale: 0.5, of: border..<parted.values.count)
    }
    #expect(whole.values.scalars == parted.values.scalars)
    #expect(first.stepCount == 4 && second.stepCount == 4)
    for (state, parts) in zip(one.state, zip(first.state, second.state)) {
      let joined =
        parts.0.values.scalars.prefix(border) + parts.1.values.scalars.dropFirst(border)
      #expect(state.values.scalars == Array(joined), "\(state.name)")
    }
  }

  @Test func squaredNormsOfPartsAreThoseOfTheWhole() {
    let set = set()
    fill(set, 1)
    let border = Parallel.grain
    let terms =
      set.gradients.squaredNorms(of: 0..<border)
      + set.gradients.squaredNorms(of: border..<set.gradients.count)
    #expect(terms.reduce(0, +) == set.gradients.squaredNorm)
  }

  @Test func whatIsForgottenCanBeWrittenAgain() {
    let tensor = Tensor([Float](repeating: 3, count: 1 << 16), shape: [1 << 16])
    tensor.forget(5000..<60000)
    #expect(tensor.scalars.prefix(5000).allSatisfy { $0 == 3 })
    #expect(tensor.scalars.dropFirst(60000).allSatisfy { $0 == 3 })
    tensor.withMutableScalars { all in for place in all.indices { all[place] = 4 } }
    #expect(tensor.scalars.allSatisfy { $0 == 4 })
  }
}

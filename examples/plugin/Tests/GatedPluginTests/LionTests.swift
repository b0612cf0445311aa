import FairlineTensor
import GatedKernels
import GatedPlugin
import Testing

/// The optimizer and its kernel.
@Suite struct LionTests {
  /// The formula, element by element.
  private func step(
    _ values: inout [Float], _ means: inout [Float], _ gradients: [Float], _ scale: Float,
    _ rate: Float, _ decay: Float, _ betas: (Float, Float)
  ) {
    for index in values.indices {
      let gradient = scale * gradients[index]
      let direction = betas.0 * means[index] + (1 - betas.0) * gradient
      let sign: Float = direction > 0 ? 1 : direction < 0 ? -1 : 0
      values[index] -= rate * (sign + decay * values[index])
      means[index] = betas.1 * means[index] + (1 - betas.1) * gradient
    }
  }

  /// Whole vectors and their ends, to the last bit.
  @Test func theKernelIsTheFormula() {
    var random = RandomSource(seed: 5)
    for count in 0...70 {
      func numbers() -> [Float] { (0..<count).map { _ in Float(random.uniform() - 0.5) } }
      var (values, means, gradients) = (numbers(), numbers(), numbers())
      // Where nothing pulls, there is no step.
      if count > 2 { (means[count - 2], gradients[count - 2]) = (0, 0) }
      var (wanted, wantedMeans) = (values, means)
      for _ in 0..<3 {
        gated_lion(&values, &means, gradients, count, 0.3, 0.01, 0.1, 0.9, 0.99)
        step(&wanted, &wantedMeans, gradients, 0.3, 0.01, 0.1, (0.9, 0.99))
      }
      #expect(values == wanted && means == wantedMeans, "\(count) elements")
    }
  }

  /// More elements than a thread takes at once: each is changed once.
  @Test func everyParameterMakesItsStep() throws {
    let space = ParameterSpace(seed: 1)
    let count = 200_001
    _ = space.parameter("weight", [count], .constant(2))
    let parameters = ParameterSet(space)
    parameters.prepareGradients()
    ParameterUpdates.forEachRange(of: [parameters.gradients]) { $0[0].update(repeating: -1) }
    let lion = try Lion(Lion.Settings(), parameters)
    lion.update(rate: 0.5, gradientScale: 1)
    let values = parameters.view(of: parameters.entries[0], in: parameters.values).scalars
    #expect(values.count == count && values.allSatisfy { $0 == 2.5 })
    #expect(lion.stepCount == 1)
  }
}

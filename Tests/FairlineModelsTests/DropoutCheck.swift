import Fairline
import FairlineTensor
import Testing

/// Dropout of a seed is repeatable, another seed drops other numbers, and only training has it.
func checkDropout(_ model: any Model, _ batch: Batch) {
  func loss(_ pass: ForwardPass) -> Double {
    model(batch, pass).crossEntropy(targets: batch.target).lossSum
  }
  model.parameters.prepareGradients()
  let first = loss(.training(RandomSource(seed: 3)))
  #expect(first == loss(.training(RandomSource(seed: 3))))
  #expect(first != loss(.training(RandomSource(seed: 4))))
  #expect(first != loss(.evaluation()))
}

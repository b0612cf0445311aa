import Fairline
import FairlineModels
import FairlineTensor

/// The same training update again and again: forward, backward, norm, Adam.
final class RepeatedUpdate {
  private let model: Transformer
  private let optimizer: Adam
  private let batch: Batch
  private var number = 0

  init(_ model: Transformer, _ settings: Adam.Settings, _ batch: Batch) throws {
    (self.model, self.batch) = (model, batch)
    optimizer = try Adam(settings, model.parameters)
  }

  func run() {
    number += 1
    let pass = ForwardPass.training(RandomSource(seed: 1, update: number))
    model.parameters.prepareGradients()
    let sums = model(batch, pass).crossEntropy(targets: batch.target, smoothing: 0.1)
    pass.tape?.goBack(from: sums.loss)
    _ = model.parameters.gradients.squaredNorm
    optimizer.update(rate: 1e-4, gradientScale: 1 / Float(batch.tokenCount))
  }
}

import Foundation
package import FairlineTensor

/// Adamax, Adam with the largest gradient instead of their mean square, with decoupled decay
/// (Kingma & Ba 2015, section 7.1).
package final class Adamax: ElementwiseOptimizer {
  /// The settings of Adamax.
  package struct Settings: Configuration, Equatable {
    /// Decay rates of the mean and of the maximum.
    package var adamaxBetas = [0.9, 0.999]
    /// What is added to the maximum.
    var adamaxEps = 1e-8
    /// The share of each parameter that is taken away per unit of learning rate.
    package var weightDecay = 0.0
    /// Whether first steps are as short as the mean's beginning at zero makes them.
    var noBiasCorrection = false

    /// fairseq's defaults.
    package init() {}

    /// The flags.
    package static var options: [Option<Self>] {
      [
        Option(
          "adamax-betas", \.adamaxBetas, in: .from(0, below: 1),
          "decay rates of the first moment and of the maximum"),
        Option("adamax-eps", \.adamaxEps, in: .from(0), "added to the maximum"),
        Option(
          "weight-decay", aliases: ["wd"], \.weightDecay, in: .from(0), "decoupled weight decay"),
        Option(
          "no-bias-correction", \.noBiasCorrection,
          "do not correct the bias of the first moment"),
      ]
    }
  }

  /// The number of updates made.
  package var stepCount = 0
  private let settings: Settings
  private let parameters: ParameterSet
  private let mean: Tensor
  private let most: Tensor

  /// Makes an optimizer for the parameters of a model.
  package init(_ settings: Settings, _ parameters: ParameterSet) throws {
    try settings.checkRanges()
    guard settings.adamaxBetas.count == 2 else {
      throw UserError("--adamax-betas must be two numbers, such as '(0.9, 0.999)'")
    }
    self.settings = settings
    self.parameters = parameters
    mean = Tensor.zeros(parameters.values.shape)
    most = Tensor.zeros(parameters.values.shape)
  }

  /// The mean and the maximum.
  package var state: [(name: String, values: Tensor)] { [("exp_avg", mean), ("exp_inf", most)] }

  /// Changes every parameter.
  package func update(rate: Double, gradientScale: Float) {
    update(rate: rate, gradientScale: gradientScale, of: 0..<parameters.values.count)
  }

  /// Changes some elements.
  package func update(rate: Double, gradientScale: Float, of elements: Range<Int>) {
    stepCount += 1
    let (beta1, beta2) = (settings.adamaxBetas[0], settings.adamaxBetas[1])
    let correction = settings.noBiasCorrection ? 1 : 1 - pow(beta1, Double(stepCount))
    ParameterUpdates.adamax(
      values: parameters.values.part(elements), first: mean.part(elements),
      most: most.part(elements), gradients: parameters.gradients.part(elements),
      scale: gradientScale, rate: rate, stepSize: rate / correction, betas: (beta1, beta2),
      epsilon: settings.adamaxEps, decay: settings.weightDecay)
  }
}

package import FairlineTensor

/// Stochastic gradient descent with momentum and L2 decay.
package final class SGD: ElementwiseOptimizer {
  /// The settings of gradient descent.
  package struct Settings: Configuration, Equatable {
    /// The share of the last step that is kept.
    package var momentum = 0.0
    /// The weight of the squared parameters in the loss.
    package var weightDecay = 0.0

    /// fairseq's defaults.
    package init() {}

    /// The flags.
    package static var options: [Option<Self>] {
      [
        Option(
          "momentum", \.momentum, in: .from(0, to: 1), "share of the previous step that is added"),
        Option("weight-decay", aliases: ["wd"], \.weightDecay, in: .from(0), "L2 weight decay"),
      ]
    }
  }

  /// The number of updates made.
  package var stepCount = 0
  private let settings: Settings
  private let parameters: ParameterSet
  private let momenta: Tensor?

  /// Makes an optimizer for the parameters of a model.
  package init(_ settings: Settings, _ parameters: ParameterSet) {
    self.settings = settings
    self.parameters = parameters
    momenta = settings.momentum == 0 ? nil : Tensor.zeros(parameters.values.shape)
  }

  /// The running sums of gradients, when there is momentum.
  package var state: [(name: String, values: Tensor)] {
    momenta.map { [("momentum_buffer", $0)] } ?? []
  }

  /// Changes every parameter.
  package func update(rate: Double, gradientScale: Float) {
    update(rate: rate, gradientScale: gradientScale, of: 0..<parameters.values.count)
  }

  /// Changes some elements.
  package func update(rate: Double, gradientScale: Float, of elements: Range<Int>) {
    ParameterUpdates.gradientDescent(
      values: parameters.values.part(elements), momenta: momenta?.part(elements),
      gradients: parameters.gradients.part(elements),
      scale: gradientScale, rate: rate, momentum: settings.momentum,
      decay: settings.weightDecay, isFirst: stepCount == 0)
    stepCount += 1
  }
}

import FairlineTensor

/// Gradient descent with Nesterov's momentum and decoupled decay, exactly as fairseq's `nag`
/// computes it.
///
/// The momenta are steps, which are scaled when the learning rate changes.
final class NAG: ElementwiseOptimizer {
  /// The settings of the descent.
  struct Settings: Configuration, Equatable {
    /// The share of the last step that is kept.
    var momentum = 0.99
    /// The share of each parameter that is taken away per unit of learning rate.
    var weightDecay = 0.0

    /// fairseq's defaults.
    init() {}

    /// The flags.
    static var options: [Option<Self>] {
      [
        Option(
          "momentum", \.momentum, in: .from(0, to: 1), "share of the previous step that is added"),
        Option(
          "weight-decay", aliases: ["wd"], \.weightDecay, in: .from(0), "decoupled weight decay"),
      ]
    }
  }

  /// The number of updates made.
  var stepCount = 0
  private let settings: Settings
  private let parameters: ParameterSet
  private let momenta: Tensor
  /// The rate of the last update; negative before the first.
  private let lastRate = Tensor([-1])

  /// Makes an optimizer for the parameters of a model.
  init(_ settings: Settings, _ parameters: ParameterSet) {
    self.settings = settings
    self.parameters = parameters
    momenta = Tensor.zeros(parameters.values.shape)
  }

  /// The last steps.
  var state: [(name: String, values: Tensor)] { [("momentum_buffer", momenta)] }

  /// The learning rate they were made with.
  var ownState: [(name: String, values: Tensor)] { [("lr_old", lastRate)] }

  /// Changes every parameter.
  func update(rate: Double, gradientScale: Float) {
    update(rate: rate, gradientScale: gradientScale, of: 0..<parameters.values.count)
  }

  /// Changes some elements.
  func update(rate: Double, gradientScale: Float, of elements: Range<Int>) {
    ParameterUpdates.nesterov(
      values: parameters.values.part(elements), momenta: momenta.part(elements), lastRate: lastRate,
      gradients: parameters.gradients.part(elements), scale: gradientScale, rate: rate,
      momentum: settings.momentum, decay: settings.weightDecay)
    stepCount += 1
  }
}

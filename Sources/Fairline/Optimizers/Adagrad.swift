import FairlineTensor

/// Adagrad with L2 decay: steps shrink with all gradients so far (Duchi, Hazan & Singer 2011).
final class Adagrad: ElementwiseOptimizer {
  /// The settings of Adagrad.
  struct Settings: Configuration, Equatable {
    /// The weight of the squared parameters in the loss.
    var weightDecay = 0.0

    /// fairseq's defaults.
    init() {}

    /// The flags.
    static var options: [Option<Self>] {
      [Option("weight-decay", aliases: ["wd"], \.weightDecay, in: .from(0), "L2 weight decay")]
    }
  }

  /// What is added to the root of the sum.
  private static let epsilon = 1e-10

  /// The number of updates made.
  var stepCount = 0
  private let settings: Settings
  private let parameters: ParameterSet
  private let sums: Tensor

  /// Makes an optimizer for the parameters of a model.
  init(_ settings: Settings, _ parameters: ParameterSet) {
    self.settings = settings
    self.parameters = parameters
    sums = Tensor.zeros(parameters.values.shape)
  }

  /// The sums of squared gradients.
  var state: [(name: String, values: Tensor)] { [("sum", sums)] }

  /// Changes every parameter.
  func update(rate: Double, gradientScale: Float) {
    update(rate: rate, gradientScale: gradientScale, of: 0..<parameters.values.count)
  }

  /// Changes some elements.
  func update(rate: Double, gradientScale: Float, of elements: Range<Int>) {
    ParameterUpdates.adagrad(
      values: parameters.values.part(elements), sums: sums.part(elements),
      gradients: parameters.gradients.part(elements),
      scale: gradientScale, rate: rate, epsilon: Self.epsilon, decay: settings.weightDecay)
    stepCount += 1
  }
}

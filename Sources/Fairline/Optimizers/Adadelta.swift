package import FairlineTensor

/// Adadelta with L2 decay: steps as long as earlier ones (Zeiler 2012).
package final class Adadelta: ElementwiseOptimizer {
  /// The settings of Adadelta.
  package struct Settings: Configuration, Equatable {
    /// The rate of the moving means.
    package var adadeltaRho = 0.9
    /// What is added to them.
    var adadeltaEps = 1e-6
    /// The weight of the squared parameters in the loss.
    package var weightDecay = 0.0
    /// Has no effect, as in fairseq.
    var annealEps = false

    /// fairseq's defaults.
    package init() {}

    /// The flags.
    package static var options: [Option<Self>] {
      [
        Option(
          "adadelta-rho", \.adadeltaRho, in: .from(0, below: 1),
          "decay rate of the moving averages of squares"),
        Option("adadelta-eps", \.adadeltaEps, in: .from(0), "added to the moving averages"),
        Option("weight-decay", aliases: ["wd"], \.weightDecay, in: .from(0), "L2 weight decay"),
        Option("anneal-eps", \.annealEps, "has no effect, as in fairseq"),
      ]
    }
  }

  /// The number of updates made.
  package var stepCount = 0
  private let settings: Settings
  private let parameters: ParameterSet
  private let squares: Tensor
  private let steps: Tensor

  /// Makes an optimizer for the parameters of a model.
  package init(_ settings: Settings, _ parameters: ParameterSet) throws {
    try settings.checkRanges()
    self.settings = settings
    self.parameters = parameters
    squares = Tensor.zeros(parameters.values.shape)
    steps = Tensor.zeros(parameters.values.shape)
  }

  /// The moving means of squared gradients and of squared steps.
  package var state: [(name: String, values: Tensor)] {
    [("square_avg", squares), ("acc_delta", steps)]
  }

  /// Changes every parameter.
  package func update(rate: Double, gradientScale: Float) {
    update(rate: rate, gradientScale: gradientScale, of: 0..<parameters.values.count)
  }

  /// Changes some elements.
  package func update(rate: Double, gradientScale: Float, of elements: Range<Int>) {
    ParameterUpdates.adadelta(
      values: parameters.values.part(elements), squares: squares.part(elements),
      steps: steps.part(elements),
      gradients: parameters.gradients.part(elements), scale: gradientScale, rate: rate,
      rho: settings.adadeltaRho, epsilon: settings.adadeltaEps, decay: settings.weightDecay)
    stepCount += 1
  }
}

public import FairlineTensor

/// Stochastic gradient descent with momentum and L2 decay.
public final class SGD: Optimizer {
  /// The settings of gradient descent.
  public struct Settings: Configuration, Equatable {
    /// The share of the last step that is kept.
    public var momentum = 0.0
    /// The weight of the squared parameters in the loss.
    public var weightDecay = 0.0

    /// fairseq's defaults.
    public init() {}

    /// The flags.
    public static var options: [Option<Self>] {
      [
        Option("momentum", \.momentum, in: .from(0, to: 1), "share of the last step that is kept"),
        Option("weight-decay", aliases: ["wd"], \.weightDecay, in: .from(0), "L2 weight decay"),
      ]
    }
  }

  /// The number of updates made.
  public var stepCount = 0
  private let settings: Settings
  private let parameters: ParameterSet
  private let momenta: Tensor?

  /// Makes an optimizer for the parameters of a model.
  public init(_ settings: Settings, _ parameters: ParameterSet) {
    self.settings = settings
    self.parameters = parameters
    momenta = settings.momentum == 0 ? nil : Tensor.zeros(parameters.values.shape)
  }

  /// The running sums of gradients, when there is momentum.
  public var state: [(name: String, values: Tensor)] {
    momenta.map { [("momentum_buffer", $0)] } ?? []
  }

  /// Changes every parameter.
  public func update(rate: Double, gradientScale: Float) {
    ParameterUpdates.gradientDescent(
      values: parameters.values, momenta: momenta, gradients: parameters.gradients,
      scale: gradientScale, rate: rate, momentum: settings.momentum,
      decay: settings.weightDecay, isFirst: stepCount == 0)
    stepCount += 1
  }
}

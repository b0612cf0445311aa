import Foundation
public import FairlineTensor

/// Adam with decoupled weight decay, exactly as fairseq's `adam` computes it.
///
/// The small number is added before the bias correction, unlike in AdamW as published (Loshchilov
/// and Hutter 2019).
public final class Adam: ElementwiseOptimizer {
  /// The settings of Adam.
  public struct Settings: Configuration, Equatable {
    /// Decay rates of the two moments.
    public var adamBetas = [0.9, 0.999]
    /// What is added to the root of the second moment.
    package var adamEps = 1e-8
    /// The share of each parameter that is taken away per unit of learning rate.
    public var weightDecay = 0.0

    /// fairseq's defaults.
    public init() {}

    /// The flags.
    public static var options: [Option<Self>] {
      [
        Option("adam-betas", \.adamBetas, in: .from(0, below: 1), "decay rates of the two moments"),
        Option("adam-eps", \.adamEps, in: .from(0), "added to the root of the second moment"),
        Option(
          "weight-decay", aliases: ["wd"], \.weightDecay, in: .from(0), "decoupled weight decay"),
      ]
    }
  }

  /// The number of updates made.
  public var stepCount = 0
  private let settings: Settings
  private let parameters: ParameterSet
  private let first: Tensor
  private let second: Tensor

  /// Makes an optimizer for the parameters of a model.
  public init(_ settings: Settings, _ parameters: ParameterSet) throws {
    try settings.checkRanges()
    guard settings.adamBetas.count == 2 else {
      throw UserError("--adam-betas must be two numbers, such as '(0.9, 0.98)'")
    }
    self.settings = settings
    self.parameters = parameters
    first = Tensor.zeros(parameters.values.shape)
    second = Tensor.zeros(parameters.values.shape)
  }

  /// The two moments.
  public var state: [(name: String, values: Tensor)] {
    [("exp_avg", first), ("exp_avg_sq", second)]
  }

  /// Changes every parameter.
  public func update(rate: Double, gradientScale: Float) {
    update(rate: rate, gradientScale: gradientScale, of: 0..<parameters.values.count)
  }

  /// Changes some elements.
  package func update(rate: Double, gradientScale: Float, of elements: Range<Int>) {
    stepCount += 1
    let (beta1, beta2) = (settings.adamBetas[0], settings.adamBetas[1])
    let correction =
      (1 - pow(beta2, Double(stepCount))).squareRoot() / (1 - pow(beta1, Double(stepCount)))
    ParameterUpdates.adam(
      values: parameters.values.part(elements), first: first.part(elements),
      second: second.part(elements),
      gradients: parameters.gradients.part(elements), scale: gradientScale, rate: rate,
      stepSize: rate * correction, betas: (beta1, beta2), epsilon: settings.adamEps,
      decay: settings.weightDecay)
  }
}

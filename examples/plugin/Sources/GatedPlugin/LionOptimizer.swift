import Fairline
import FairlineTensor
import GatedKernels

/// Lion: steps of one length, in the direction of a moving mean's sign (Chen and others 2023).
public final class Lion: Optimizer {
  /// The settings.
  public struct Settings: Configuration {
    var betas = [0.9, 0.99]
    var weightDecay = 0.0

    public init() {}

    public static var options: [Option<Self>] {
      [
        Option("lion-betas", \.betas, in: .from(0, below: 1), "rates of direction and mean"),
        Option("weight-decay", \.weightDecay, in: .from(0), "decoupled weight decay"),
      ]
    }
  }

  public var stepCount = 0
  private let settings: Settings
  private let parameters: ParameterSet
  private let means: Tensor

  /// Makes an optimizer for the parameters of a model.
  public init(_ settings: Settings, _ parameters: ParameterSet) throws {
    guard settings.betas.count == 2 else {
      throw UserError("--lion-betas must be two numbers, such as '(0.9, 0.99)'")
    }
    self.settings = settings
    self.parameters = parameters
    means = Tensor.zeros(parameters.values.shape)
  }

  /// What checkpoints keep.
  public var state: [(name: String, values: Tensor)] { [("exp_avg", means)] }

  /// Changes every parameter.
  public func update(rate: Double, gradientScale: Float) {
    stepCount += 1
    let (rate, decay) = (Float(rate), Float(settings.weightDecay))
    let (beta1, beta2) = (Float(settings.betas[0]), Float(settings.betas[1]))
    ParameterUpdates.forEachRange(of: [parameters.values, means, parameters.gradients]) { ranges in
      gated_lion(
        ranges[0].baseAddress, ranges[1].baseAddress, ranges[2].baseAddress, ranges[0].count,
        gradientScale, rate, decay, beta1, beta2)
    }
  }
}

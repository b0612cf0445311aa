import Foundation
package import FairlineTensor

/// Adafactor, which keeps a moment for each row and column instead of each element (Shazeer & Stern
/// 2018), as fairseq computes it.
///
/// With `--scale-parameter` fairseq overwrites its learning rate, so that the step of each
/// parameter is scaled with the sizes of all parameters before it as well, and steps die out in a
/// model of some size. Here each is scaled with its own, as published, unless `--compound-scale`
/// asks for fairseq's.
package final class Adafactor: Optimizer {
  /// The settings of Adafactor.
  package struct Settings: Configuration, Equatable {
    /// What is added to squared gradients, and the least size of a parameter that scales its steps.
    package var adafactorEps = [1e-30, 1e-3]
    /// The root mean square above which an update is scaled down.
    package var clipThreshold = 1.0
    /// The power of the number of updates with which moving means slow down.
    package var decayRate = -0.8
    /// The rate of the moving mean of steps; none without it.
    package var beta1: Double?
    /// The share of each parameter that is taken away per unit of its learning rate.
    package var weightDecay = 0.0
    /// Whether steps are scaled with the size of their parameter.
    package var scaleParameter = false
    /// Whether steps are scaled with the sizes of all parameters before it, too.
    package var compoundScale = false
    /// Whether steps get shorter by themselves, instead of following the learning rate.
    package var relativeStep = false
    /// Whether such steps are short at first.
    package var warmupInit = false

    /// fairseq's defaults.
    package init() {}

    /// The flags.
    package static var options: [Option<Self>] {
      [
        Option(
          "adafactor-eps", \.adafactorEps, in: .from(0),
          "added to squared gradients; least size of a parameter that scales its steps"),
        Option(
          "clip-threshold", \.clipThreshold, in: .above(0),
          "root mean square above which an update is scaled down"),
        Option(
          "decay-rate", \.decayRate, in: .from(-1000, to: 0),
          "exponent of the number of updates in the decay of the moving averages"),
        Option(
          "beta1", \.beta1, in: .from(0, below: 1), "decay rate of the moving average of steps"),
        Option(
          "weight-decay", aliases: ["wd"], \.weightDecay, in: .from(0), "decoupled weight decay"),
        Option(
          "scale-parameter", \.scaleParameter,
          "scale steps by the root mean square of the parameter"),
        Option(
          "compound-scale", \.compoundScale,
          "also scale them by those of all parameters before it, as fairseq does"),
        Option(
          "relative-step", \.relativeStep,
          "steps of 1/sqrt(number of updates), at most 0.01, instead of --lr"),
        Option("warmup-init", \.warmupInit, "let the steps of --relative-step grow from 1e-6"),
      ]
    }

    fileprivate func check() throws {
      try checkRanges()
      guard adafactorEps.count == 2 else {
        throw UserError("--adafactor-eps must be two numbers, such as '(1e-30, 1e-3)'")
      }
      if compoundScale && (!scaleParameter || relativeStep) {
        throw UserError(
          "--compound-scale needs --scale-parameter, whose scales it multiplies, and no "
            + "--relative-step"
        )
      }
      if warmupInit && !relativeStep {
        throw UserError("--warmup-init needs --relative-step, whose first steps it shortens")
      }
    }
  }

  /// The number of updates made.
  package var stepCount = 0
  private let settings: Settings
  private let parameters: ParameterSet
  private let moments: [FactoredMoments]
  private let first: Tensor?

  /// Makes an optimizer for the parameters of a model.
  package init(_ settings: Settings, _ parameters: ParameterSet) throws {
    try settings.check()
    self.settings = settings
    self.parameters = parameters
    moments = parameters.entries.map { FactoredMoments(shape: $0.shape) }
    first = settings.beta1 == nil ? nil : Tensor.zeros(parameters.values.shape)
  }

  /// The moving mean of steps, where there is one.
  package var state: [(name: String, values: Tensor)] { first.map { [("exp_avg", $0)] } ?? [] }

  /// The moments of rows and columns.
  package var ownState: [(name: String, values: Tensor)] {
    zip(parameters.entries, moments).flatMap { entry, moments in
      guard let rows = moments.rows else {
        return [("exp_avg_sq/\(entry.name)", moments.columns)]
      }
      return [
        ("exp_avg_sq_row/\(entry.name)", rows), ("exp_avg_sq_col/\(entry.name)", moments.columns),
      ]
    }
  }

  /// Changes every parameter.
  package func update(rate: Double, gradientScale: Float) {
    stepCount += 1
    let beta = 1 - pow(Double(stepCount), settings.decayRate)
    let entries = parameters.entries
    let rates = self.rates(entries, settings.relativeStep ? relativeStep : rate)
    Parallel.blocks(entries.count) { index in
      let entry = entries[index]
      moments[index].update(
        parameters.view(of: entry, in: parameters.values),
        gradient: parameters.view(of: entry, in: parameters.gradients),
        first: first.map { parameters.view(of: entry, in: $0) }, scale: gradientScale,
        rate: rates[index], betas: (settings.beta1 ?? 0, beta), epsilon: settings.adafactorEps[0],
        clip: settings.clipThreshold, decay: settings.weightDecay)
    }
  }

  /// The length of each parameter's step.
  private func rates(_ entries: [ParameterSet.Entry], _ rate: Double) -> [Double] {
    guard settings.scaleParameter else { return entries.map { _ in rate } }
    var common = rate
    return entries.map { entry in
      let values = parameters.view(of: entry, in: parameters.values)
      let size = (values.squaredNorm / Double(max(values.count, 1))).squareRoot()
      let own = common * max(settings.adafactorEps[1], size)
      if settings.compoundScale { common = own }
      return own
    }
  }

  /// The length of a step that follows the number of updates.
  private var relativeStep: Double {
    let count = Double(stepCount)
    return min(settings.warmupInit ? 1e-6 * count : 1e-2, 1 / count.squareRoot())
  }
}

import CFairlineKernels

/// Optimizer steps over flat tensors, in one pass over memory.
public enum ParameterUpdates {
  /// One step of Adam with decoupled decay, in fairseq's order of operations.
  ///
  /// `p -= rate * decay * p`, then `p -= stepSize * m / (sqrt(v) + epsilon)` with the moments m and v of `scale * gradient`.
  ///
  /// - Parameters:
  ///   - values: the parameters. `[element]`
  ///   - first: the first moments. `[element]`
  ///   - second: the second moments. `[element]`
  ///   - gradients: `[element]`
  public static func adam(
    values: Tensor, first: Tensor, second: Tensor, gradients: Tensor, scale: Float,
    rate: Double, stepSize: Double, betas: (Double, Double), epsilon: Double, decay: Double
  ) {
    Profile.measure(.optimizer) {
      Parallel.ranges(values.count) { range in
        let start = range.lowerBound
        fl_adam(
          values.pointer + start, first.pointer + start, second.pointer + start,
          gradients.pointer + start, Int64(range.count), scale, Float(rate), Float(stepSize),
          Float(betas.0), Float(betas.1), Float(epsilon), Float(decay))
      }
    }
  }

  /// One step of stochastic gradient descent with momentum and L2 decay.
  ///
  /// - Parameters:
  ///   - values: the parameters. `[element]`
  ///   - momenta: the running sums of gradients, nil without momentum. `[element]`
  ///   - gradients: `[element]`
  ///   - isFirst: whether this is the first step, which sets the momenta.
  public static func gradientDescent(
    values: Tensor, momenta: Tensor?, gradients: Tensor, scale: Float, rate: Double,
    momentum: Double, decay: Double, isFirst: Bool
  ) {
    Parallel.ranges(values.count) { range in
      let start = range.lowerBound
      fl_sgd(
        values.pointer + start, momenta.map { $0.pointer + start }, gradients.pointer + start,
        Int64(range.count), scale, Float(rate), Float(momentum), Float(decay), isFirst)
    }
  }
}

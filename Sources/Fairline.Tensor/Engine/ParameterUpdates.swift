import CFairlineKernels

/// Optimizer steps over flat tensors, each in one pass over memory.
public enum ParameterUpdates {
  /// One step of Adam with decoupled decay, in fairseq's order of operations.
  ///
  /// `p -= rate * decay * p`, then `p -= stepSize * m / (sqrt(v) + epsilon)` with the moments m and
  /// v of `scale * gradient`.
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
    forEachRange(values) { start, count in
      fl_adam(
        values.pointer + start, first.pointer + start, second.pointer + start,
        gradients.pointer + start, count, scale, Float(rate), Float(stepSize), Float(betas.0),
        Float(betas.1), Float(epsilon), Float(decay))
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
    forEachRange(values) { start, count in
      fl_sgd(
        values.pointer + start, momenta.map { $0.pointer + start }, gradients.pointer + start,
        count, scale, Float(rate), Float(momentum), Float(decay), isFirst)
    }
  }

  /// One step with Nesterov's momentum and decoupled decay, as fairseq computes it.
  ///
  /// - Parameters:
  ///   - values: the parameters. `[element]`
  ///   - momenta: the running sums of steps. `[element]`
  ///   - lastRate: the rate of the step before, which the momenta contain; negative before the
  ///     first. Becomes this one's. `[1]`
  ///   - gradients: `[element]`
  public static func nesterov(
    values: Tensor, momenta: Tensor, lastRate: Tensor, gradients: Tensor, scale: Float,
    rate: Double, momentum: Double, decay: Double
  ) {
    let (rate, last) = (Float(rate), lastRate.scalar)
    // As in fairseq, steps that follow one of length 0 scale the momenta, which are 0, with the
    // rate itself.
    let correction = last < 0 ? 1 : last == 0 ? rate : rate / last
    forEachRange(values) { start, count in
      fl_nag(
        values.pointer + start, momenta.pointer + start, gradients.pointer + start, count, scale,
        rate, correction, Float(momentum), Float(decay))
    }
    lastRate.pointer[0] = rate
  }

  /// One step of Adagrad with L2 decay (Duchi, Hazan & Singer 2011).
  ///
  /// - Parameters:
  ///   - values: the parameters. `[element]`
  ///   - sums: the sums of squared gradients. `[element]`
  ///   - gradients: `[element]`
  public static func adagrad(
    values: Tensor, sums: Tensor, gradients: Tensor, scale: Float, rate: Double, epsilon: Double,
    decay: Double
  ) {
    forEachRange(values) { start, count in
      fl_adagrad(
        values.pointer + start, sums.pointer + start, gradients.pointer + start, count, scale,
        Float(rate), Float(epsilon), Float(decay))
    }
  }

  /// One step of Adadelta with L2 decay (Zeiler 2012).
  ///
  /// - Parameters:
  ///   - values: the parameters. `[element]`
  ///   - squares: the moving means of squared gradients. `[element]`
  ///   - steps: the moving means of squared steps. `[element]`
  ///   - gradients: `[element]`
  public static func adadelta(
    values: Tensor, squares: Tensor, steps: Tensor, gradients: Tensor, scale: Float, rate: Double,
    rho: Double, epsilon: Double, decay: Double
  ) {
    forEachRange(values) { start, count in
      fl_adadelta(
        values.pointer + start, squares.pointer + start, steps.pointer + start,
        gradients.pointer + start, count, scale, Float(rate), Float(rho), Float(epsilon),
        Float(decay))
    }
  }

  /// One step of Adamax with decoupled decay (Kingma & Ba 2015, section 7.1).
  ///
  /// - Parameters:
  ///   - values: the parameters. `[element]`
  ///   - first: the moving means of gradients. `[element]`
  ///   - most: the decayed maxima of gradients. `[element]`
  ///   - gradients: `[element]`
  public static func adamax(
    values: Tensor, first: Tensor, most: Tensor, gradients: Tensor, scale: Float, rate: Double,
    stepSize: Double, betas: (Double, Double), epsilon: Double, decay: Double
  ) {
    forEachRange(values) { start, count in
      fl_adamax(
        values.pointer + start, first.pointer + start, most.pointer + start,
        gradients.pointer + start, count, scale, Float(rate), Float(stepSize), Float(betas.0),
        Float(betas.1), Float(epsilon), Float(decay))
    }
  }

  /// Adds a flat tensor to another in place. `[element]`
  package static func add(_ source: Tensor, to target: Tensor) {
    source.withMutableScalars { from in target.withMutableScalars { add(from, to: $0) } }
  }

  /// Adds numbers to as many others in place. `[element]`
  package static func add(
    _ source: UnsafeMutableBufferPointer<Float>, to target: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(source.count == target.count, "numbers are added to as many others")
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    Parallel.ranges(source.count) { range in
      fl_axpy(to + range.lowerBound, 1, from + range.lowerBound, Int64(range.count))
    }
  }

  /// Copies a flat tensor over another. `[element]`
  package static func copy(_ source: Tensor, to target: Tensor) {
    forEachRange(of: [source, target]) { _ = $0[1].update(fromContentsOf: $0[0]) }
  }

  /// Calls `body` for each range of some flat tensors, on all threads: with it an optimizer of your
  /// own makes its step, in Swift or with a kernel in C, in one pass over memory.
  ///
  /// Ranges depend on the number of elements only, so that results do not depend on threads.
  ///
  /// - Parameters:
  ///   - tensors: of one size: values, moments, gradients. `[element]`
  ///   - body: receives the range's elements of each tensor, in their order; several threads call
  ///     it at once.
  public static func forEachRange(
    of tensors: [Tensor], _ body: ([UnsafeMutableBufferPointer<Float>]) -> Void
  ) {
    guard let first = tensors.first else { return }
    precondition(
      tensors.allSatisfy { $0.count == first.count }, "the tensors of an update differ in size")
    forEachRange(first) { start, count in
      body(
        tensors.map { UnsafeMutableBufferPointer(start: $0.pointer + start, count: Int(count)) })
    }
  }

  /// Calls `body` with the start and length of each range, on all threads.
  private static func forEachRange(_ values: Tensor, _ body: (Int, Int64) -> Void) {
    Profile.measure(.optimizer) {
      Parallel.ranges(values.count) { body($0.lowerBound, Int64($0.count)) }
    }
  }
}

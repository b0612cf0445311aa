import FairlineTensor

/// An optimizer that changes each element by what is kept of that element alone: of several
/// processes each may update a part, and keep the state of that part only.
package protocol ElementwiseOptimizer: Optimizer {
  /// Changes some elements of the flat parameters, as a step of all of them does.
  ///
  /// - Parameters:
  ///   - rate: the learning rate.
  ///   - gradientScale: what the stored gradients are multiplied by first.
  ///   - elements: begin where a block of elementwise work begins.
  func update(rate: Double, gradientScale: Float, of elements: Range<Int>)
}

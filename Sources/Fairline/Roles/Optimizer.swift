public import FairlineTensor

/// How parameters follow their gradients.
public protocol Optimizer: AnyObject {
  /// Changes every trainable parameter.
  ///
  /// - Parameters:
  ///   - rate: the learning rate.
  ///   - gradientScale: what the stored gradients are multiplied by first.
  func update(rate: Double, gradientScale: Float)

  /// The flat tensors kept from update to update, in the order of the parameter set, by name.
  var state: [(name: String, values: Tensor)] { get }

  /// What is kept besides, in tensors of any shape under names of their own; nothing unless an
  /// optimizer says so.
  var ownState: [(name: String, values: Tensor)] { get }

  /// How many updates the state has seen.
  var stepCount: Int { get set }
}

extension Optimizer {
  /// Nothing besides ``state``.
  public var ownState: [(name: String, values: Tensor)] { [] }
}

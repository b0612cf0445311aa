package import FairlineTensor

/// An optimizer of one rank that trains by itself, and the meetings in which the ranks' models are
/// made one.
///
/// A meeting takes the mean of what the ranks have changed since the last one, makes an outer step
/// of it, and takes the mean of the inner optimizer's state. Then all ranks have the same, which is
/// what checkpoints hold.
package final class LocalUpdates: Optimizer {
  /// The name under which the outer step's momentum is saved.
  package static let momentumName = "outer_momentum"

  private let optimizer: any Optimizer
  private let parameters: ParameterSet
  private let settings: LocalUpdateSettings
  /// The parameters after the last meeting. `[element]`
  private let start: Tensor
  /// The outer step's momentum. `[element]`
  private let momentum: Tensor
  /// Updates since the last meeting.
  private var count = 0
  /// The learning rate of the last update.
  private var rate = 0.0

  /// Wraps the optimizer that each rank updates its own model with.
  package init(
    _ optimizer: any Optimizer, _ parameters: ParameterSet, _ settings: LocalUpdateSettings
  ) {
    (self.optimizer, self.parameters, self.settings) = (optimizer, parameters, settings)
    start = Tensor.zeros(parameters.values.shape)
    momentum = Tensor.zeros(parameters.values.shape)
  }

  /// The inner optimizer's state and the outer momentum.
  package var state: [(name: String, values: Tensor)] {
    optimizer.state + [(Self.momentumName, momentum)]
  }
  /// The inner optimizer's.
  package var ownState: [(name: String, values: Tensor)] { optimizer.ownState }
  /// The inner optimizer's.
  package var stepCount: Int {
    get { optimizer.stepCount }
    set { optimizer.stepCount = newValue }
  }

  /// Changes this rank's parameters.
  package func update(rate: Double, gradientScale: Float) {
    if count == 0 { ParameterUpdates.copy(parameters.values, to: start) }
    optimizer.update(rate: rate, gradientScale: gradientScale)
    self.rate = rate
    count += 1
  }

  /// Meets the other ranks when it is time.
  package func meetIfDue(_ exchange: any GradientExchange) throws {
    if count >= settings.localUpdates { try meet(exchange) }
  }

  /// Meets the other ranks, unless nothing has changed since.
  ///
  /// The memory of gradients is used.
  func meet(_ exchange: any GradientExchange) throws {
    guard count > 0 else { return }
    count = 0
    let (values, change) = (parameters.values, parameters.gradients)
    Self.forEach(start, values, change) { start, value, change in change = start - value }
    try average(change, exchange)
    makeStep(change)
    for part in optimizer.state + optimizer.ownState where part.values.count > 1 {
      try average(part.values, exchange)
    }
  }

  /// Makes parameters of those after the last meeting and of the mean change since.
  private func makeStep(_ change: Tensor) {
    ParameterUpdates.copy(start, to: parameters.values)
    let (share, outer) = (Float(settings.momentum), Float(settings.rate))
    switch settings.outerStep {
    case .slowmo:
      // Without a learning rate nothing has changed.
      let (unit, back) = rate > 0 ? (Float(1 / rate), Float(rate)) : (0, 0)
      Self.forEach(change, momentum, parameters.values) { change, momentum, value in
        momentum = share * momentum + change * unit
        value -= outer * back * momentum
      }
    case .diloco:
      Self.forEach(change, momentum, parameters.values) { change, momentum, value in
        momentum = share * momentum + change
        value -= outer * (change + share * momentum)
      }
    }
  }

  /// Puts the ranks' mean in place of a flat tensor.
  private func average(_ tensor: Tensor, _ exchange: any GradientExchange) throws {
    let (rank, count) = (exchange.role.rank, exchange.role.count)
    guard count > 1 else { return }
    let flat = tensor.part(0..<tensor.count)
    let own = GradientNode(leaves: rank..<(rank + 1), gradients: flat)
    try exchange.sum([own], of: count, into: flat)
    try exchange.spread(gradients: flat)
    let share = 1 / Float(count)
    flat.withMutableScalars { numbers in
      Parallel.ranges(numbers.count) { range in for place in range { numbers[place] *= share } }
    }
  }

  /// Calls the body for each place of three flat tensors, of which it changes the second or third.
  private static func forEach(
    _ first: Tensor, _ second: Tensor, _ third: Tensor,
    _ body: (Float, inout Float, inout Float) -> Void
  ) {
    first.withMutableScalars { first in
      second.withMutableScalars { second in
        third.withMutableScalars { third in
          guard let second = second.baseAddress, let third = third.baseAddress else { return }
          Parallel.ranges(first.count) { range in
            for place in range { body(first[place], &second[place], &third[place]) }
          }
        }
      }
    }
  }
}

/// The sums of one rank that updates its model by itself.
struct OwnSums: GradientExchange {
  let role = RankRole()

  /// Adds the rank's nodes, which may not be neighbours, in their order; none leave zeros.
  func sum(_ nodes: [GradientNode], of leaves: Int, into gradients: Tensor) {
    for node in nodes.dropLast() { ParameterUpdates.add(node.gradients, to: gradients) }
  }

  func part(of count: Int) -> Range<Int> { 0..<count }
  func complete(_ tensor: Tensor, for all: Bool) {}
  func gather<Value: Codable & Sendable>(_ value: Value) -> [Value] { [value] }
}

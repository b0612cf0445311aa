import FairlineTensor

/// The state of an optimizer of which each rank keeps its part.
struct SharedState {
  private let exchange: any GradientExchange
  /// What is shared out; nothing where every rank keeps all.
  private let tensors: [Tensor]

  /// Takes the state of an optimizer, whole on every rank, and forgets what is the others' part.
  init(_ optimizer: any Optimizer, _ exchange: any GradientExchange) {
    self.exchange = exchange
    let isShared = exchange.role.count > 1 && optimizer is any ElementwiseOptimizer
    tensors = isShared ? optimizer.state.map(\.values) : []
    forget()
  }

  /// Gives the first rank, which saves it, the whole state.
  func collect() throws {
    for tensor in tensors { try exchange.complete(tensor, for: false) }
  }

  /// Forgets what is the others' part.
  func forget() {
    for tensor in tensors {
      let part = exchange.part(of: tensor.count)
      tensor.forget(0..<part.lowerBound)
      tensor.forget(part.upperBound..<tensor.count)
    }
  }
}

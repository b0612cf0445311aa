/// The record of one differentiable computation: operations in order, each with its backward pass.
///
/// A tape belongs to one trip through a model and is used by one thread. Going back consumes it:
/// what an operation kept for its backward pass is freed as soon as that has run.
public final class Tape {
  private struct Entry {
    let outputs: [Node]
    let backward: ([Tensor?]) -> Void
  }

  private var entries: [Entry] = []

  /// Makes an empty tape.
  public init() {}

  /// The number of operations recorded and not yet gone back over.
  public var operationCount: Int { entries.count }

  /// Forgets what was recorded; whoever records and may not go back calls it, since operations keep
  /// their tape and the tape its operations.
  public func discard() { entries = [] }

  /// The same numbers as a leaf of this tape, whose gradient can be read after going back.
  public func watch(_ tensor: Tensor) -> Tensor { tensor.attached(to: Node(tape: self)) }

  /// The gradient that has reached a watched tensor; nil when none did.
  public func gradient(of watched: Tensor) -> Tensor? { watched.node?.gradient }

  /// Adds an operation with one result.
  ///
  /// - Parameter backward: receives the gradient of the result, in the result's shape.
  func record(_ output: Tensor, backward: @escaping (Tensor) -> Void) -> Tensor {
    let node = Node(tape: self)
    entries.append(
      Entry(outputs: [node]) { gradients in
        if let gradient = gradients[0] { backward(gradient) }
      })
    return output.attached(to: node)
  }

  /// Adds an operation whose result is max(…, 0).
  ///
  /// - Parameter backward: receives the gradient of the result, and whether it is 0 already
  ///   wherever the result is.
  func record(rectified output: Tensor, backward: @escaping (Tensor, Bool) -> Void) -> Tensor {
    let node = Node(tape: self, isRectified: true)
    entries.append(
      Entry(outputs: [node]) { gradients in
        if let gradient = gradients[0] { backward(gradient, node.isMasked) }
      })
    return output.attached(to: node)
  }

  /// Adds an operation with several results; gradients of results that nobody used are nil.
  func record(_ outputs: [Tensor], backward: @escaping ([Tensor?]) -> Void) -> [Tensor] {
    let nodes = outputs.map { _ in Node(tape: self) }
    entries.append(Entry(outputs: nodes, backward: backward))
    return zip(outputs, nodes).map { $0.attached(to: $1) }
  }

  /// Adds an operation whose backward pass is computed elsewhere, the solve of a differential
  /// equation for example.
  ///
  /// - Parameters:
  ///   - outputs: the results, computed without this tape.
  ///   - inputs: the tensors they depend on; those that are constants receive nothing.
  ///   - backward: receives the gradient of each result, nil where nobody used it, and returns
  ///     that of each input in its shape, nil for none. Gradients that it adds to parameters by
  ///     itself must not be returned as well.
  /// - Returns: the results, tied to this tape.
  public func operation(
    outputs: [Tensor], inputs: [Tensor], backward: @escaping ([Tensor?]) -> [Tensor?]
  ) -> [Tensor] {
    let nodes = inputs.map(\.node)
    return record(outputs.map(\.detached)) { gradients in
      let parts = backward(gradients)
      precondition(
        parts.count == nodes.count,
        "an operation of \(nodes.count) inputs returned \(parts.count) gradients")
      for ((node, part), input) in zip(zip(nodes, parts), inputs) {
        guard let node, let part else { continue }
        precondition(
          part.shape == input.shape,
          "a gradient of shape \(part.shape) cannot belong to an input of shape \(input.shape)")
        node.accumulate(part)
      }
    }
  }

  /// Goes back from `result`: every leaf and parameter it depends on receives its gradient.
  ///
  /// - Parameters:
  ///   - result: a tensor that this tape recorded.
  ///   - seed: the gradient of `result`, in its shape; ones when absent.
  public func goBack(from result: Tensor, seed: Tensor? = nil) {
    goBack(from: [(result, seed ?? Tensor.ones(result.shape))])
  }

  /// Goes back from several results at once, each with the gradient of its own.
  public func goBack(from results: [(result: Tensor, seed: Tensor)]) {
    for (result, seed) in results {
      precondition(
        result.shape.count == seed.shape.count,
        "a gradient of shape \(seed.shape) cannot belong to a result of shape \(result.shape)")
      guard let node = result.node else { continue }
      precondition(node.tape === self, "the result was recorded on another tape")
      node.accumulate(seed.viewed(as: result.shape))
    }
    while let entry = entries.popLast() {
      let gradients = entry.outputs.map { $0.takeGradient() }
      if gradients.contains(where: { $0 != nil }) { entry.backward(gradients) }
    }
  }
}

import FairlineTensor

/// The sums of gradients of a rank's batches, as nodes of the update's tree.
///
/// The passes add to the parameters' gradients; what is there when the next batch begins is set
/// aside. So `--update-freq` u needs log2(u) + 1 gradients at most.
final class GradientSums {
  private let parameters: ParameterSet
  private var tree = SummationTree<Tensor>(count: 0)
  private var spare: [Tensor] = []
  /// Whether the last node lies in the parameters' gradients.
  private var isInPlace = false

  init(_ parameters: ParameterSet) { self.parameters = parameters }

  /// Begins an update of so many batches on all ranks, with gradients of zero.
  func begin(_ count: Int) {
    setAside()
    spare += tree.nodes.map(\.value)
    tree = SummationTree(count: count)
    parameters.prepareGradients()
  }

  /// Computes the gradients of one batch: `body` adds them to the parameters' own, which are zero.
  func add(_ place: Int, _ body: () -> Void) {
    if isInPlace {
      setAside()
      parameters.prepareGradients()
    }
    body()
    let own = parameters.gradients
    tree.add(own, of: place..<(place + 1)) { left, _ in
      ParameterUpdates.add(left, to: own)
      spare.append(left)
      return own
    }
    isInPlace = true
  }

  /// The nodes, the last of which lies in the parameters' gradients.
  var nodes: [GradientNode] {
    tree.nodes.map { GradientNode(leaves: $0.leaves, gradients: $0.value) }
  }

  /// Copies the last node to memory of its own.
  private func setAside() {
    guard isInPlace else { return }
    isInPlace = false
    let room = spare.popLast() ?? Tensor.zeros(parameters.gradients.shape)
    ParameterUpdates.copy(parameters.gradients, to: room)
    tree.replaceLast(room)
  }
}

import FairlineTensor

/// The rows of sources and targets, sentence by sentence: what self-attention sees when it sees
/// both.
struct JointRows: Sendable {
  /// Both sides of each sentence, the source first.
  private let segments: Segments
  /// For each row, where it stands when all sources come before all targets. `[source + target]`
  private let places: [Int32]
  /// The rows of targets. `[target]`
  private let targets: [Int32]

  init(source: Segments, target: Segments) {
    precondition(source.count == target.count, "each target has a source")
    segments = Segments(
      lengths: (0..<source.count).map { source.length($0) + target.length($0) })
    var (places, targets): ([Int32], [Int32]) = ([], [])
    for row in 0..<source.count {
      places += source[row].map(Int32.init)
      let first = places.count
      targets += (first..<(first + target.length(row))).map(Int32.init)
      places += target[row].map { Int32(source.tokenCount + $0) }
    }
    (self.places, self.targets) = (places, targets)
  }

  /// Attends from targets to their sources and to the targets before them.
  ///
  /// With sources before targets that is what a causal attention over both sees from a target.
  ///
  /// - Parameters:
  ///   - x: `[target, channel]`
  ///   - memory: `[source, channel]`
  func attend(
    _ attention: MultiHeadAttention, from x: Tensor, to memory: Tensor, _ pass: ForwardPass
  ) -> Branch {
    let both = Tensor.concatenated([memory, x]).rows(at: places)
    let branch = attention(both, segments: segments, isCausal: true, pass)
    return Branch(product: branch.product.rows(at: targets), bias: branch.bias)
  }
}

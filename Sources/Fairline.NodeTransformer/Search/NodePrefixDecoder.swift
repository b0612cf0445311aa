import Fairline
import FairlineTensor

/// Search with a decoder whose steps depend on what it decodes: each prefix is solved anew, the
/// source is encoded once.
final class NodePrefixDecoder: IncrementalDecoder {
  private let model: NodeTransformer
  private let memory: Tensor
  private let memorySegments: Segments
  private var prefixes: [[Int32]] = []
  private(set) var attention: [[Float]]?
  var keepsAttention = false

  init(_ model: NodeTransformer, sources: PackedTokens) {
    self.model = model
    memory = model.encode(sources, ForwardPass.evaluation())
    memorySegments = sources.segments
  }

  func step(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> Tensor {
    prefixes = symbols.indices.map { row in
      (prefixes.isEmpty || parents[row] < 0 ? [] : prefixes[Int(parents[row])]) + [symbols[row]]
    }
    let input = PackedTokens(prefixes)
    var around = NodeSurroundings(
      segments: input.segments, memory: memory, memorySegments: memorySegments)
    around.choose(sentences.map(Int.init))
    let weights = keepsAttention ? AttentionWeights() : nil
    let states = model.decode(
      input, memory: around.memory ?? memory, memorySegments: around.memorySegments,
      weights: weights, ForwardPass.evaluation())
    if let weights {
      attention = weights.sequences.map { $0.sliced(($0.shape[0] - 1)..<$0.shape[0]).scalars }
    }
    let last = symbols.indices.map { Int32(input.segments[$0].upperBound - 1) }
    return states.rows(at: last).linear(weight: model.projection.value)
  }
}

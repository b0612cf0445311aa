public import Fairline
import FairlineGeneration
import FairlineModels
import FairlineTensor

extension NodeTransformer {
  /// Prepares search: with caches behind a classic decoder or on a fixed grid, with whole prefixes
  /// otherwise.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let weights = InferenceWeights(parameters, precision: .float32)
    let makeEncoder: @Sendable () -> SourceEncoder = { [self] in
      { SourceEncoding(self.encode($0, ForwardPass.evaluation())) }
    }
    switch decoder {
    case .classic(let stack):
      return stack.prepareSearch(
        projection: projection, weights, preparation, encoder: makeEncoder)
    case .node(let stack):
      guard evaluation.isRegular else { return NodePrefixSearch(model: self) }
      let prepared = PreparedNodeDecoder(stack, evaluation, weights)
      let stream = stack.stream
      return StackSearch(
        embedding: stream.embedding.prepared(weights),
        output: PreparedOutput(
          projection, map: stream.augmentation?.projection, norm: stream.norm, weights,
          preparation),
        encoder: makeEncoder
      ) { prepared.makeCells() }
    }
  }
}

/// Search with a NODE decoder whose steps depend on what it decodes: each prefix is solved anew,
/// the source is encoded once.
private struct NodePrefixSearch: DecoderFactory {
  let model: NodeTransformer

  func makeDecoder(for sources: PackedTokens) -> any IncrementalDecoder {
    let memory = model.encode(sources, ForwardPass.evaluation())
    return PrefixDecoder { [model] prefixes, sentences, wantsAttention in
      var around = NodeSurroundings(
        segments: prefixes.segments, memory: memory, memorySegments: sources.segments)
      around.choose(sentences)
      let weights = wantsAttention ? AttentionWeights() : nil
      let states = model.decode(
        prefixes, memory: around.memory ?? memory, memorySegments: around.memorySegments,
        weights: weights, ForwardPass.evaluation())
      return ModelOutput(
        states: states, projection: model.projection.value, attention: weights)
    }
  }
}

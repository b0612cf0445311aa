public import Fairline
import FairlineGeneration
import FairlineModels
import FairlineTensor

extension NodeTransformer {
  /// Yes, where each step of the search solves for its new symbols only.
  public var searchesInIntegers: Bool {
    if case .classic = decoder { return true }
    return schemes.evaluation.isRegular
  }

  /// No: the encoder, and what a solve does beside its linear maps, are computed in floating point.
  public var packsAllWeights: Bool { false }

  /// Prepares search: with caches behind a classic decoder or on a fixed grid, with whole prefixes
  /// otherwise.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let makeEncoder: @Sendable () -> SourceEncoder = { [self] in
      { SourceEncoding(self.encode($0, ForwardPass.evaluation())) }
    }
    switch decoder {
    case .classic(let stack):
      return stack.prepareSearch(
        output: output, InferenceWeights(parameters, precision: preparation.precision), preparation,
        encoder: makeEncoder)
    case .node(let stack):
      guard schemes.evaluation.isRegular else { return NodePrefixSearch(model: self) }
      let parts = stack.searchParts(output, schemes.evaluation, parameters, preparation)
      return StackSearch(
        embedding: parts.embedding, output: parts.output, encoder: makeEncoder, cells: parts.cells)
    }
  }
}

extension NodeDecoder {
  /// What a search with caches is made of, on a fixed grid.
  struct SearchParts {
    let embedding: PreparedEmbedding
    let output: PreparedOutput
    let cells: @Sendable () -> [any StepCell]
  }

  /// Packs the weights for search with caches, on a fixed grid.
  func searchParts(
    _ symbols: OutputProjection, _ scheme: SolveScheme, _ parameters: ParameterSet,
    _ preparation: SearchPreparation
  ) -> SearchParts {
    let weights = InferenceWeights(parameters, precision: preparation.precision)
    let prepared = PreparedNodeDecoder(self, scheme, weights)
    return SearchParts(
      embedding: stream.embedding.prepared(weights),
      output: symbols.prepared(
        map: stream.augmentation?.projection, norm: stream.norm, weights, preparation)
    ) { prepared.makeCells() }
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
      return model.output.output(states, attention: weights, ForwardPass.evaluation())
    }
  }
}

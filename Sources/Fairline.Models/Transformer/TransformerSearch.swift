public import Fairline
public import FairlineGeneration
public import FairlineTensor

extension Transformer {
  /// Yes.
  public var computesSentencesApart: Bool { true }

  /// Yes.
  public var searchesInIntegers: Bool { true }

  /// Prepares search with caches of keys and values, a precision and candidates.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let weights = InferenceWeights(parameters, precision: preparation.precision)
    let encoder = PreparedTransformerEncoder(self.encoder, weights)
    return decoder.prepareSearch(output: output, weights, preparation) {
      encoder.makeEncoder()
    }
  }
}

extension TransformerDecoder {
  /// Prepares the stack for search, beside an encoder of any kind.
  ///
  /// - Parameters:
  ///   - output: the way to symbols.
  ///   - encoder: makes what encodes the sources of one decoder.
  public func prepareSearch(
    output: OutputProjection, _ weights: InferenceWeights, _ preparation: SearchPreparation,
    encoder: @escaping @Sendable () -> SourceEncoder
  ) -> any DecoderFactory {
    let parts = PreparedStack(self, output, weights, preparation)
    return StackSearch(
      embedding: parts.embedding, output: parts.output, weightBytes: parts.byteCount,
      encoder: encoder, cells: parts.makeCells)
  }

  /// Prepares a stack without a source for search.
  ///
  /// - Parameter output: the way to symbols.
  public func prepareSearch(
    output: OutputProjection, _ weights: InferenceWeights, _ preparation: SearchPreparation
  ) -> any DecoderFactory {
    let parts = PreparedStack(self, output, weights, preparation)
    return StackSearch(
      embedding: parts.embedding, output: parts.output, weightBytes: parts.byteCount,
      cells: parts.makeCells)
  }
}

/// A decoder's stack with its maps packed, once for all batches.
private struct PreparedStack: Sendable {
  let embedding: PreparedEmbedding
  let output: PreparedOutput
  private let layers: [(maps: PreparedLayer, norms: [LayerNorm], normalizesBefore: Bool)]
  private let channels, hidden: Int
  private let joinsSource: Bool

  init(
    _ stack: TransformerDecoder, _ output: OutputProjection, _ weights: InferenceWeights,
    _ preparation: SearchPreparation
  ) {
    embedding = stack.embedding.prepared(weights)
    self.output = output.prepared(
      map: stack.outputProjection, norm: stack.norm, weights, preparation)
    layers = stack.layers.map { layer in
      let connections = [layer.afterAttention, layer.afterSourceAttention, layer.afterFeedForward]
      return (
        PreparedLayer(
          attention: layer.attention, recurrence: layer.recurrence,
          sourceAttention: layer.sourceAttention, feedForward: layer.feedForward, weights),
        connections.compactMap { $0?.norm }, layer.afterFeedForward.normalizesBefore
      )
    }
    (channels, hidden) = (stack.channels, stack.hidden)
    joinsSource = stack.joinsSource
  }

  /// Bytes of weights that every step reads.
  var byteCount: Int { layers.reduce(output.byteCount) { $0 + $1.maps.byteCount } }

  /// The cells of one decoder.
  @Sendable func makeCells() -> [any StepCell] {
    let work = StepWork(channels: channels, hidden: hidden)
    let lists = joinsSource ? JointLists() : nil
    return layers.map {
      TransformerCell(
        layer: CachedLayer($0.maps, work, joint: lists), norms: $0.norms,
        normalizesBefore: $0.normalizesBefore)
    }
  }
}

extension TokenEmbedding {
  /// The same without a tape.
  public func prepared(_ weights: InferenceWeights) -> PreparedEmbedding {
    switch symbols {
    case .plain(let table, let projection):
      PreparedEmbedding(
        table, scale: scale, positions: positions, projection: projection, norm: norm, weights)
    case .adaptive(let table):
      PreparedEmbedding(table, scale: scale, positions: positions, norm: norm, weights)
    }
  }
}

/// A decoder layer with its caches.
private final class TransformerCell: StepCell {
  private let layer: CachedLayer
  private let norms: [LayerNorm]
  private let normalizesBefore: Bool

  init(layer: CachedLayer, norms: [LayerNorm], normalizesBefore: Bool) {
    (self.layer, self.norms, self.normalizesBefore) = (layer, norms, normalizesBefore)
  }

  func join(_ sources: EncodedSources) { layer.join(sources) }

  func run(_ states: RowBuffer, _ step: DecoderStep) -> RowBuffer {
    layer.addParts(to: states, norms: norms, isBefore: normalizesBefore, step)
    return states
  }
}

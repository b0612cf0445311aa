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
    return decoder.prepareSearch(projection: projection, weights, preparation) {
      encoder.makeEncoder()
    }
  }
}

extension TransformerDecoder {
  /// Prepares the stack for search, beside an encoder of any kind.
  ///
  /// - Parameters:
  ///   - projection: the output projection. `[vocabulary, channel]`
  ///   - encoder: makes what encodes the sources of one decoder.
  public func prepareSearch(
    projection: Parameter, _ weights: InferenceWeights, _ preparation: SearchPreparation,
    encoder: @escaping @Sendable () -> SourceEncoder
  ) -> any DecoderFactory {
    let maps = layers.map { PreparedTransformerLayer($0, weights) }
    let output = PreparedOutput(
      projection, map: outputProjection, norm: norm, weights, preparation)
    let (channels, hidden) = (channels, hidden)
    return StackSearch(
      embedding: embedding.prepared(weights, projection: inputProjection),
      output: output, weightBytes: maps.reduce(output.byteCount) { $0 + $1.byteCount },
      encoder: encoder
    ) {
      let work = StepWork(channels: channels, hidden: hidden)
      return maps.map { TransformerCell($0, work) }
    }
  }
}

extension TokenEmbedding {
  /// The same without a tape.
  ///
  /// - Parameter projection: from the table's channels to the stack's, where they differ.
  public func prepared(
    _ weights: InferenceWeights, projection: Linear? = nil
  ) -> PreparedEmbedding {
    PreparedEmbedding(
      table, scale: scale, positions: positions, projection: projection, norm: norm, weights)
  }
}

/// The maps of a decoder layer, packed once for all batches.
private struct PreparedTransformerLayer: Sendable {
  let layer: TransformerDecoderLayer
  let attention, sourceAttention: PreparedAttention
  let feedForward: PreparedFeedForward

  init(_ layer: TransformerDecoderLayer, _ weights: InferenceWeights) {
    self.layer = layer
    attention = PreparedAttention(layer.attention, weights)
    sourceAttention = PreparedAttention(layer.sourceAttention, weights)
    feedForward = PreparedFeedForward(layer.feedForward, weights)
  }

  var byteCount: Int { attention.byteCount + sourceAttention.byteCount + feedForward.byteCount }
}

/// A decoder layer with its caches.
private final class TransformerCell: StepCell {
  private let maps: PreparedTransformerLayer
  private let attention, sourceAttention: CachedAttention
  private let work: StepWork

  init(_ maps: PreparedTransformerLayer, _ work: StepWork) {
    self.maps = maps
    self.work = work
    attention = CachedAttention(maps.attention, work)
    sourceAttention = CachedAttention(maps.sourceAttention, work)
  }

  func join(_ sources: EncodedSources) { sourceAttention.join(sources) }

  func run(_ states: RowBuffer, _ step: DecoderStep) -> RowBuffer {
    let (layer, rows) = (maps.layer, step.rows)
    work.subLayer(layer.afterAttention, states, rows) { x, norm in
      attention.add(x, to: states, norm: norm, step)
    }
    work.subLayer(layer.afterSourceAttention, states, rows) { x, norm in
      sourceAttention.add(x, to: states, norm: norm, step)
    }
    work.subLayer(layer.afterFeedForward, states, rows) { x, norm in
      maps.feedForward.add(x, rows: rows, to: states, norm: norm, work)
    }
    return states
  }
}

extension StepWork {
  /// Runs a sub-layer on the states or on their normalisation.
  func subLayer(
    _ connection: ResidualConnection, _ states: RowBuffer, _ rows: Int,
    _ body: (_ input: RowBuffer, _ norm: LayerNorm?) -> Void
  ) {
    subLayer(
      states, rows: rows, norm: connection.norm, isBefore: connection.normalizesBefore, body)
  }
}

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
  private let layers: [PreparedTransformerLayer]
  private let channels, hidden: Int
  private let joinsSource: Bool

  init(
    _ stack: TransformerDecoder, _ output: OutputProjection, _ weights: InferenceWeights,
    _ preparation: SearchPreparation
  ) {
    embedding = stack.embedding.prepared(weights)
    self.output = output.prepared(
      map: stack.outputProjection, norm: stack.norm, weights, preparation)
    layers = stack.layers.map { PreparedTransformerLayer($0, weights) }
    (channels, hidden) = (stack.channels, stack.hidden)
    joinsSource = stack.joinsSource
  }

  /// Bytes of weights that every step reads.
  var byteCount: Int { layers.reduce(output.byteCount) { $0 + $1.byteCount } }

  /// The cells of one decoder.
  @Sendable func makeCells() -> [any StepCell] {
    let work = StepWork(channels: channels, hidden: hidden)
    let lists = joinsSource ? JointLists() : nil
    return layers.map { TransformerCell($0, work, lists) }
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

/// The maps of a decoder layer, packed once for all batches.
private struct PreparedTransformerLayer: Sendable {
  let layer: TransformerDecoderLayer
  let attention: PreparedAttention
  let sourceAttention: PreparedAttention?
  let feedForward: PreparedFeedForward

  init(_ layer: TransformerDecoderLayer, _ weights: InferenceWeights) {
    self.layer = layer
    attention = PreparedAttention(layer.attention, weights)
    sourceAttention = layer.sourceAttention.map { PreparedAttention($0, weights) }
    feedForward = PreparedFeedForward(layer.feedForward, weights)
  }

  var byteCount: Int {
    attention.byteCount + (sourceAttention?.byteCount ?? 0) + feedForward.byteCount
  }
}

/// A decoder layer with its caches.
private final class TransformerCell: StepCell {
  private let maps: PreparedTransformerLayer
  private let attention: CachedAttention
  /// In place of self-attention, where it sees the source too.
  private let joint: CachedJointAttention?
  private let sourceAttention: CachedAttention?
  private let work: StepWork

  init(_ maps: PreparedTransformerLayer, _ work: StepWork, _ lists: JointLists?) {
    self.maps = maps
    self.work = work
    joint = lists.map { CachedJointAttention(maps.attention, work, $0) }
    attention = CachedAttention(maps.attention, work)
    sourceAttention = maps.sourceAttention.map { CachedAttention($0, work) }
  }

  func join(_ sources: EncodedSources) {
    joint?.join(sources)
    sourceAttention?.join(sources)
  }

  func run(_ states: RowBuffer, _ step: DecoderStep) -> RowBuffer {
    let (layer, rows) = (maps.layer, step.rows)
    work.subLayer(layer.afterAttention, states, rows) { x, norm in
      if let joint {
        joint.add(x, to: states, norm: norm, step)
      } else {
        attention.add(x, to: states, norm: norm, step)
      }
    }
    if let sourceAttention, let connection = layer.afterSourceAttention {
      work.subLayer(connection, states, rows) { x, norm in
        sourceAttention.add(x, to: states, norm: norm, step)
      }
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

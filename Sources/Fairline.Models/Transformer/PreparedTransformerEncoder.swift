import FairlineGeneration
import FairlineTensor

/// The encoder prepared for search: its maps packed once, applied without a tape.
struct PreparedTransformerEncoder: Sendable {
  private let embedding: PreparedEmbedding
  private let layers: [Layer]
  private let norm: LayerNorm?
  private let channels, hidden: Int

  /// The maps of a layer.
  private struct Layer: Sendable {
    let layer: TransformerEncoderLayer
    let attention: PreparedAttention
    let feedForward: PreparedFeedForward
  }

  init(_ encoder: TransformerEncoder, _ weights: InferenceWeights) {
    embedding = encoder.embedding.prepared(weights)
    layers = encoder.layers.map {
      Layer(
        layer: $0, attention: PreparedAttention($0.attention, weights),
        feedForward: PreparedFeedForward($0.feedForward, weights))
    }
    norm = encoder.norm
    (channels, hidden) = (encoder.channels, encoder.hidden)
  }

  /// Makes what encodes the sources of one decoder, with buffers of its own.
  func makeEncoder() -> SourceEncoder {
    let work = StepWork(channels: channels, hidden: hidden)
    let states = RowBuffer(columns: channels)
    return { sources in
      encode(sources, into: states, work)
      return SourceEncoding(states: states)
    }
  }

  private func encode(_ sources: PackedTokens, into states: RowBuffer, _ work: StepWork) {
    let rows = sources.count
    embedding(sources.ids, places: sources.segments.positions(from: 0), into: states)
    for maps in layers {
      work.subLayer(maps.layer.afterAttention, states, rows) { x, norm in
        maps.attention.add(x, segments: sources.segments, to: states, norm: norm, work)
      }
      work.subLayer(maps.layer.afterFeedForward, states, rows) { x, norm in
        maps.feedForward.add(x, rows: rows, to: states, norm: norm, work)
      }
    }
    norm?(states, rows: rows, into: states)
  }
}

extension StepWork {
  /// Runs a sub-layer on the states or on their normalisation.
  fileprivate func subLayer(
    _ connection: ResidualConnection, _ states: RowBuffer, _ rows: Int,
    _ body: (_ input: RowBuffer, _ norm: LayerNorm?) -> Void
  ) {
    subLayer(
      states, rows: rows, norm: connection.norm, isBefore: connection.normalizesBefore, body)
  }
}

import Fairline
import FairlineGeneration
import FairlineTensor

/// A language model of two causal layers: a decoder without a source.
final class ToyLanguageModel: Model {
  private struct Layer {
    let attention: MultiHeadAttention
    let feedForward: FeedForward
    let norms: [LayerNorm]
  }

  let parameters: ParameterSet
  let maximumPositions = (source: 64, target: 64)
  private let table: Embedding
  private let positions: Positions
  private let layers: [Layer]
  private static let (symbols, channels, hidden) = (23, 12, 20)

  init(seed: UInt64) {
    let space = ParameterSpace(seed: seed)
    let channels = Self.channels
    table = Embedding(space.part("table"), symbols: Self.symbols, channels: channels)
    positions = Positions(
      space.part("positions"), isLearned: true, maximumLength: 64, channels: channels)
    layers = (0..<2).map { index in
      let part = space.part("layers.\(index)")
      return Layer(
        attention: MultiHeadAttention(
          part.part("attention"), channels: channels, heads: 3, dropout: 0),
        feedForward: FeedForward(
          part, channels: channels, hidden: Self.hidden, activation: .gelu, activationDropout: 0),
        norms: (0..<2).map { LayerNorm(part.part("norms.\($0)"), channels: channels) })
    }
    parameters = ParameterSet(space)
  }

  func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    let segments = batch.decoderInput.segments
    var states = table(batch.decoderInput, positions: positions, pass)
    for layer in layers {
      let attended = layer.attention(states, segments: segments, isCausal: true, pass)
      states = attended.added(to: states, normalizedBy: layer.norms[0], dropout: 0, pass)
      states = layer.feedForward(states, pass)
        .added(to: states, normalizedBy: layer.norms[1], dropout: 0, pass)
    }
    return ModelOutput(states: states, projection: pass.value(of: table.weight))
  }

  func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let weights = InferenceWeights(parameters, precision: preparation.precision)
    let maps = layers.map {
      (
        attention: PreparedAttention($0.attention, weights),
        feedForward: PreparedFeedForward($0.feedForward, weights), norms: $0.norms
      )
    }
    return StackSearch(
      embedding: PreparedEmbedding(table, positions: positions, weights),
      output: PreparedOutput(table.weight, weights, preparation)
    ) {
      let work = StepWork(channels: Self.channels, hidden: Self.hidden)
      return maps.map { Cell($0.attention, $0.feedForward, $0.norms, work) }
    }
  }

  private final class Cell: StepCell {
    private let attention: CachedAttention
    private let feedForward: PreparedFeedForward
    private let norms: [LayerNorm]
    private let work: StepWork

    init(
      _ attention: PreparedAttention, _ feedForward: PreparedFeedForward, _ norms: [LayerNorm],
      _ work: StepWork
    ) {
      self.attention = CachedAttention(attention, work)
      self.feedForward = feedForward
      self.norms = norms
      self.work = work
    }

    func run(_ states: RowBuffer, _ step: DecoderStep) -> RowBuffer {
      work.subLayer(states, rows: step.rows, norm: norms[0], isBefore: false) { x, norm in
        attention.add(x, to: states, norm: norm, step)
      }
      work.subLayer(states, rows: step.rows, norm: norms[1], isBefore: false) { x, norm in
        feedForward.add(x, rows: step.rows, to: states, norm: norm, work)
      }
      return states
    }
  }
}

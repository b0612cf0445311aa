import FairlineGeneration
import FairlineTensor

/// A recurrent encoder, from one end or from both.
struct LSTMEncoder: Sendable {
  /// The table of source symbols.
  let table: Embedding
  /// For each layer, its directions: forward, then backward.
  let layers: [[LSTMLayer]]
  /// Channels of one direction.
  let channels: Int
  private let dropoutIn, dropoutOut: Double

  /// Makes the layers with fairseq's parameter names.
  init(_ space: ParameterSpace, symbols: Int, _ c: LSTMSettings) {
    let channels = c.encoderChannels
    self.channels = channels
    (dropoutIn, dropoutOut) = (c.encoderDropoutIn ?? c.dropout, c.encoderDropoutOut ?? c.dropout)
    table = Embedding(
      recurrent: space.part("embed_tokens"), symbols: symbols, channels: c.encoderEmbedDim,
      isFrozen: c.encoderFreezeEmbed)
    let part = space.part("lstm")
    layers = (0..<c.encoderLayers).map { layer in
      (c.encoderBidirectional ? ["", "_reverse"] : [""]).map {
        LSTMLayer(
          part, suffix: "_l\(layer)\($0)",
          inputs: layer == 0 ? c.encoderEmbedDim : c.memoryChannels, channels: channels)
      }
    }
  }

  /// What an encoder makes of packed sentences.
  struct Result {
    /// The last layer's states. `[source, channel]`
    var states: Tensor
    /// Hidden states and cells at the end of each layer, both directions side by side. Each
    /// `[sentence, channel]`
    var hidden: [Tensor] = []
    var cells: [Tensor] = []
  }

  /// Encodes packed sentences.
  func callAsFunction(_ source: PackedTokens, _ pass: ForwardPass) -> Result {
    let orders = [false, true].map { StepOrder(source.segments, isReversed: $0) }
    var result = Result(states: table(source, pass).droppedOut(pass.dropout(dropoutIn)))
    for layer in layers {
      let found = zip(layer, orders).map { $0(result.states, $1, pass) }
      result.states = Self.joined(found.map(\.states)).droppedOut(pass.dropout(dropoutOut))
      result.hidden.append(Self.joined(found.map(\.hidden)))
      result.cells.append(Self.joined(found.map(\.cell)))
    }
    return result
  }

  private static func joined(_ directions: [Tensor]) -> Tensor {
    directions.count == 1 ? directions[0] : Tensor.concatenated(directions, along: 1)
  }
}

/// The encoder prepared for search.
struct PreparedLSTMEncoder: Sendable {
  private let embedding: PreparedEmbedding
  private let layers: [[InferenceMemoryCell]]
  private let channels, embeddingChannels: Int

  init(_ encoder: LSTMEncoder, _ weights: InferenceWeights) {
    embedding = PreparedEmbedding(encoder.table, weights)
    layers = encoder.layers.map { $0.map { $0.prepared(weights) } }
    channels = encoder.channels
    embeddingChannels = encoder.table.weight.shape[1]
  }

  /// What the encoder makes of packed sentences; hidden states and cells as
  /// ``LSTMEncoder/Result`` has them.
  func encode(_ sources: PackedTokens) -> LSTMEncoder.Result {
    let orders = [false, true].map { StepOrder(sources.segments, isReversed: $0) }
    let work = InferenceMemoryCell.Work(channels: channels)
    var states = RowBuffer(columns: embeddingChannels)
    embedding(sources.ids, places: sources.segments.positions(from: 0), into: states)
    var result = LSTMEncoder.Result(states: states.tensor(rows: sources.count))
    for layer in layers {
      let next = RowBuffer(columns: layer.count * channels, capacity: sources.count)
      let ends = zip(layer, orders).enumerated().map { direction, pair in
        pair.0.run(
          states, order: pair.1, into: next, column: direction * channels, work)
      }
      states = next
      result.hidden.append(Tensor.concatenated(ends.map(\.hidden), along: 1))
      result.cells.append(Tensor.concatenated(ends.map(\.cell), along: 1))
    }
    result.states = states.tensor(rows: sources.count)
    return result
  }
}

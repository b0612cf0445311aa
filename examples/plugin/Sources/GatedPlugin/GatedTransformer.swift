import Fairline
import FairlineGeneration
import FairlineTensor

/// A Transformer without layer normalisation: each sub-layer has a learned gate that starts small,
/// `x + gate * f(x)` (ReZero, Bachlechner and others 2020).
public final class GatedTransformer: Model {
  /// The settings; the gate is this architecture's own flag.
  public struct Settings: Configuration {
    public var channels = 128
    public var layers = 2
    public var heads = 4
    public var gateStart = 0.1
    public var dropout = 0.1

    public init() {}

    public static var options: [Option<Self>] {
      [
        Option("gated-channels", \.channels, in: .from(1, to: 65536), "channels of all states"),
        Option("gated-layers", \.layers, in: .from(1, to: 1000), "layers on each side"),
        Option("gated-heads", \.heads, in: .from(1, to: 1024), "attention heads"),
        Option("gate-start", \.gateStart, in: .from(-100, to: 100), "what every gate starts from"),
        Option("dropout", \.dropout, in: .from(0, below: 1), "dropout of each sub-layer's result"),
      ]
    }
  }

  /// One sub-layer's gate. `[1]`
  private struct Gate: Sendable {
    let weight: Parameter
    let dropout: Double

    init(_ space: ParameterSpace, _ settings: Settings) {
      weight = space.parameter("gate", [1], .constant(Float(settings.gateStart)))
      dropout = settings.dropout
    }

    /// `x + gate * dropout(f)`, with ordinary tensor operations. `[token, channel]`
    func callAsFunction(_ x: Tensor, _ branch: Branch, _ pass: ForwardPass) -> Tensor {
      x + pass.value(of: weight) * branch.value(pass).droppedOut(pass.dropout(dropout))
    }
  }

  private struct Layer: Sendable {
    let attention: MultiHeadAttention
    let sourceAttention: MultiHeadAttention?
    let feedForward: FeedForward
    let gates: [Gate]

    init(_ space: ParameterSpace, _ s: Settings, attendsToSource: Bool) {
      attention = MultiHeadAttention(
        space.part("attention"), channels: s.channels, heads: s.heads, dropout: 0)
      sourceAttention =
        attendsToSource
        ? MultiHeadAttention(
          space.part("source"), channels: s.channels, heads: s.heads,
          memoryChannels: s.channels, dropout: 0) : nil
      feedForward = FeedForward(
        space, channels: s.channels, hidden: 4 * s.channels, activation: .gelu,
        activationDropout: 0)
      gates = (0..<3).map { Gate(space.part("gates.\($0)"), s) }
    }
  }

  public let parameters: ParameterSet
  public let maximumPositions: (source: Int, target: Int)
  private let settings: Settings
  private let tables: (source: Embedding, target: Embedding)
  private let positions: Positions
  private let encoder: [Layer]
  private let decoder: [Layer]
  private let projection: Parameter

  /// Makes the model for a task's vocabularies.
  public init(_ settings: Settings, for task: TaskDescription, seed: UInt64) throws {
    guard settings.channels % settings.heads == 0 else {
      throw UserError("--gated-channels must be a multiple of --gated-heads \(settings.heads)")
    }
    let space = ParameterSpace(seed: seed)
    let channels = settings.channels
    tables = (
      Embedding(space.part("source"), symbols: task.sourceSymbols, channels: channels),
      Embedding(space.part("target"), symbols: task.targetSymbols, channels: channels)
    )
    positions = Positions(
      space.part("positions"), isLearned: false,
      maximumLength: max(task.maximumSourcePositions, task.maximumTargetPositions),
      channels: channels)
    encoder = (0..<settings.layers).map {
      Layer(space.part("encoder.\($0)"), settings, attendsToSource: false)
    }
    decoder = (0..<settings.layers).map {
      Layer(space.part("decoder.\($0)"), settings, attendsToSource: true)
    }
    projection = tables.target.weight
    parameters = ParameterSet(space)
    maximumPositions = (task.maximumSourcePositions, task.maximumTargetPositions)
    self.settings = settings
  }

  /// Predicts every target symbol from the source and the symbols before it.
  public func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput {
    let (source, target) = (batch.source.segments, batch.decoderInput.segments)
    let memory = encode(batch.source, pass)
    var states = tables.target(batch.decoderInput, scale: scale, positions: positions, pass)
    for layer in decoder {
      let own = layer.attention(states, segments: target, isCausal: true, pass)
      states = layer.gates[0](states, own, pass)
      if let attention = layer.sourceAttention {
        let read = attention(
          states, segments: target, memory: memory, memorySegments: source, pass)
        states = layer.gates[1](states, read, pass)
      }
      states = layer.gates[2](states, layer.feedForward(states, pass), pass)
    }
    return ModelOutput(states: states, projection: pass.value(of: projection))
  }

  /// Files may name gates as the paper does.
  public var fileNames: NameMap { [.rename("**.alpha", to: "**.gate")] }

  private var scale: Float { Float(settings.channels).squareRoot() }

  /// The encoder's states. `[source, channel]`
  private func encode(_ source: PackedTokens, _ pass: ForwardPass) -> Tensor {
    var memory = tables.source(source, scale: scale, positions: positions, pass)
    for layer in encoder {
      let own = layer.attention(memory, segments: source.segments, pass)
      memory = layer.gates[0](memory, own, pass)
      memory = layer.gates[1](memory, layer.feedForward(memory, pass), pass)
    }
    return memory
  }
}

// Search with caches: one symbol of each prefix at a time. Without this, every prefix would be
// computed anew.
extension GatedTransformer {
  /// Packs the weights once; the cells with their caches are made for each decoder.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let weights = InferenceWeights(parameters, precision: preparation.precision)
    let layers = decoder.map { layer in
      let maps = PreparedLayer(
        attention: layer.attention, sourceAttention: layer.sourceAttention,
        feedForward: layer.feedForward, weights)
      return (maps: maps, gates: layer.gates)
    }
    let channels = settings.channels
    return StackSearch(
      embedding: PreparedEmbedding(tables.target, scale: scale, positions: positions, weights),
      output: PreparedOutput(projection, weights, preparation),
      encoder: { [self] in { SourceEncoding(self.encode($0, .evaluation())) } }
    ) {
      let work = StepWork(channels: channels, hidden: 4 * channels)
      return layers.map { Cell(layer: CachedLayer($0.maps, work), gates: $0.gates) }
    }
  }

  private final class Cell: StepCell {
    private let layer: CachedLayer
    private let gates: [Gate]

    init(layer: CachedLayer, gates: [Gate]) { (self.layer, self.gates) = (layer, gates) }

    func join(_ sources: EncodedSources) { layer.join(sources) }

    func run(_ states: RowBuffer, _ step: DecoderStep) -> RowBuffer {
      for (part, gate) in zip(layer.parts, gates) {
        let (x, f) = (states.tensor(rows: step.rows), layer(part, of: states, step))
        states.copy(x + gate.weight.value * f.tensor(rows: step.rows))
      }
      return states
    }
  }
}

public import Fairline
public import FairlineTensor

/// A Transformer prepared for search: all weights packed, shared by all workers.
public struct TransformerSearch: DecoderFactory {
  let decoder: TransformerDecoder
  let configuration: TransformerConfiguration
  /// Encodes sentences into the states of a stack's buffers.
  let encode: @Sendable (PackedTokens, TransformerStepWork) -> Void
  let embedding: TransformerSearchEmbedding
  let layers: [TransformerStepMaps]
  /// From the stack's channels to the output projection's, where they differ.
  let outputMap: InferenceLinear?
  /// All symbols' logits; nil when sentences have candidates.
  let projection: InferenceLinear?
  /// The same for the best symbol only; nil where all logits are wanted, or there is no gain.
  let sketch: SketchedLinear?
  /// The output projection's rows. `[vocabulary, channel]`
  let projectionTable: InferenceTable
  let candidates: (@Sendable (ArraySlice<Int32>) -> [Int32])?

  init(_ model: Transformer, _ preparation: SearchPreparation) {
    let weights = InferenceWeights(model.parameters, precision: preparation.precision)
    let encoder = TransformerSearchEncoder(model.encoder, weights)
    self.init(
      model.decoder, projection: model.projection, model.configuration, weights,
      preparation, encode: { encoder($0, $1) })
  }

  /// Prepares a decoder for search beside an encoder of another kind.
  ///
  /// - Parameters:
  ///   - decoder: the stack.
  ///   - projection: the output projection. `[vocabulary, channel]`
  ///   - parameters: all parameters of the model.
  ///   - configuration: the widths of both sides.
  ///   - encode: the encoder's states of packed sentences. `[source, channel]`
  public init(
    _ decoder: TransformerDecoder, projection: Parameter, parameters: ParameterSet,
    _ configuration: TransformerConfiguration,
    encode: @escaping @Sendable (PackedTokens) -> Tensor
  ) {
    self.init(
      decoder, projection: projection, configuration,
      InferenceWeights(parameters, precision: .float32), SearchPreparation()
    ) { sources, work in
      work.reserve(sources.count)
      work.states.copy(encode(sources))
    }
  }

  private init(
    _ decoder: TransformerDecoder, projection parameter: Parameter,
    _ configuration: TransformerConfiguration, _ weights: InferenceWeights,
    _ preparation: SearchPreparation,
    encode: @escaping @Sendable (PackedTokens, TransformerStepWork) -> Void
  ) {
    self.decoder = decoder
    self.configuration = configuration
    self.encode = encode
    candidates = preparation.candidates
    embedding = TransformerSearchEmbedding(
      decoder.embedding, projection: decoder.inputProjection, weights)
    layers = decoder.layers.map { TransformerStepMaps($0, weights) }
    outputMap = decoder.outputProjection.map { weights.linear($0) }
    projection = candidates == nil ? weights.linear(parameter, bias: nil) : nil
    if let projection, preparation.needsBestOnly, weights.precision == .float32,
      SketchedLinear.isFast
    {
      sketch = SketchedLinear(parameter.value, exact: projection)
    } else {
      sketch = nil
    }
    projectionTable = weights.table(parameter)
  }

  /// Bytes of the layers' and the output projection's packed weights; those of candidates are left out.
  public var weightBytes: Int? {
    layers.reduce(projection?.byteCount ?? 0) { $0 + $1.byteCount }
  }

  /// Makes the decoder of one batch.
  public func makeDecoder(
    for sources: PackedTokens, rows: Int, length: Int
  ) -> any IncrementalDecoder {
    TransformerStepDecoder(self, sources: sources)
  }
}

extension Transformer {
  /// Yes.
  public var computesSentencesApart: Bool { true }

  /// Yes.
  public var searchesInIntegers: Bool { true }

  /// Prepares search with caches of keys and values.
  public func prepareSearch() -> any DecoderFactory {
    TransformerSearch(self, SearchPreparation())
  }

  /// Prepares search with caches of keys and values, a precision and candidates.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    TransformerSearch(self, preparation)
  }
}

/// What comes before a stack's layers, without a tape.
struct TransformerSearchEmbedding: Sendable {
  private let embedding: TokenEmbedding
  private let table: InferenceTable
  private let positions: Tensor?
  private let projection: InferenceLinear?

  init(_ embedding: TokenEmbedding, projection: Linear? = nil, _ weights: InferenceWeights) {
    self.embedding = embedding
    table = weights.table(embedding.table.weight)
    positions = embedding.positions?.table(ForwardPass.evaluation())
    self.projection = projection.map { weights.linear($0) }
  }

  /// Embeds symbols at their places, counted from 0, into states. `[row, channel]`
  func callAsFunction(_ symbols: [Int32], places: [Int32], into states: RowBuffer) {
    let rows = symbols.count
    if let projection {
      let narrow = RowBuffer(columns: projection.inputs, capacity: rows)
      table.look(
        up: symbols, scale: embedding.scale, positions: nil, places: [], into: narrow)
      projection(narrow, rows: rows, into: states)
      if let positions { states.add(rowsOf: positions, at: shifted(places)) }
    } else {
      table.look(
        up: symbols, scale: embedding.scale, positions: positions, places: shifted(places),
        into: states)
    }
    embedding.norm?(states, rows: rows, into: states)
  }

  private func shifted(_ places: [Int32]) -> [Int32] {
    positions == nil ? places : places.map { $0 + Int32(Positions.paddingIndex + 1) }
  }
}

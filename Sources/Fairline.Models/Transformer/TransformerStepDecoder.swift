public import Fairline
import FairlineTensor

/// Search with a Transformer: each step computes one symbol a row from cached keys and values.
///
/// Caches are never moved when hypotheses change places: a table tells for each row where the keys and values of its prefix lie.
final class TransformerStepDecoder: IncrementalDecoder {
  private let decoder: TransformerDecoder
  private let layers: [TransformerStepLayer]
  private let work: TransformerStepWork
  private let logits: RowBuffer
  private let projection: InferenceLinear
  private let outputs: RowBuffer?
  private let segments: Segments
  private let maximumRows: Int
  /// For each row, the cached rows of its prefix, one for each step.
  private var ancestry: [Int32] = []
  private var rowCount = 0
  private var stepCount = 0
  private var cachedRows = 0

  var attention: [[Float]]?
  var keepsAttention = false

  init(_ prepared: TransformerSearch, sources: PackedTokens, rows: Int) {
    let model = prepared.model
    decoder = model.decoder
    segments = sources.segments
    maximumRows = rows
    let encoded = model.encoder(sources, ForwardPass.evaluation())
    let memory = RowBuffer(encoded)
    layers = zip(model.decoder.layers, prepared.layers).map {
      TransformerStepLayer($0, $1, source: memory, rows: sources.count)
    }
    let c = model.configuration
    work = TransformerStepWork(channels: c.decoderChannels, hidden: c.decoderHidden, rows: rows)
    projection = prepared.projection
    logits = RowBuffer(columns: projection.outputs, capacity: rows)
    outputs =
      model.decoder.outputProjection == nil
      ? nil : RowBuffer(columns: c.decoderOutputChannels, capacity: rows)
  }

  func step(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> Tensor {
    let rows = symbols.count
    precondition(rows <= maximumRows, "\(rows) rows in a decoder made for \(maximumRows)")
    var step = TransformerStep()
    step.rows = rows
    step.firstCached = cachedRows
    extendPrefixes(&step, parents: parents)
    showSources(&step, sentences: sentences)
    embed(symbols)
    var weights: [[Float]] = keepsAttention ? Array(repeating: [], count: rows) : []
    for (index, layer) in layers.enumerated() {
      step.observe =
        keepsAttention && index == layers.count - 1 ? { weights[$0] = $1 } : nil
      layer.run(work, step)
    }
    attention = keepsAttention ? weights : nil
    stepCount += 1
    cachedRows += rows
    rowCount = rows
    return project(rows)
  }

  private func extendPrefixes(_ step: inout TransformerStep, parents: [Int32]) {
    let (rows, old, new) = (step.rows, stepCount, stepCount + 1)
    var table = [Int32](repeating: 0, count: rows * new)
    for row in 0..<rows {
      if old > 0 {
        let parent = Int(parents[row])
        for place in 0..<old { table[row * new + place] = ancestry[parent * old + place] }
      }
      table[row * new + old] = Int32(cachedRows + row)
    }
    ancestry = table
    step.prefix = table
    step.prefixStride = new
    step.prefixCounts = [Int32](repeating: Int32(new), count: rows)
  }

  private func showSources(_ step: inout TransformerStep, sentences: [Int32]) {
    let longest = max(sentences.map { segments.length(Int($0)) }.max() ?? 0, 1)
    step.sourceStride = longest
    step.source = [Int32](repeating: 0, count: sentences.count * longest)
    step.sourceCounts = sentences.map { Int32(segments.length(Int($0))) }
    for (row, sentence) in sentences.enumerated() {
      for (place, token) in segments[Int(sentence)].enumerated() {
        step.source[row * longest + place] = Int32(token)
      }
    }
  }

  private func embed(_ symbols: [Int32]) {
    let embedding = decoder.embedding
    let place = Positions.paddingIndex + 1 + stepCount
    let pass = ForwardPass.evaluation()
    if let inputProjection = decoder.inputProjection {
      // Rare: embeddings narrower than the stack go the general way.
      let table = PackedTokens(ids: symbols, segments: Segments(lengths: [symbols.count]))
      var sum = inputProjection(embedding.table(table, scale: embedding.scale, pass), pass)
      if let positions = embedding.positions {
        sum = sum + positions.table(pass).sliced(place..<(place + 1))
      }
      work.states.copy(sum)
    } else {
      embedding.table(
        symbols, scale: embedding.scale, positions: embedding.positions?.table(pass),
        place: place, into: work.states)
    }
    embedding.norm?(work.states, rows: symbols.count, into: work.states)
  }

  private func project(_ rows: Int) -> Tensor {
    decoder.norm?(work.states, rows: rows, into: work.states)
    var last = work.states
    if let outputs, let map = decoder.outputProjection {
      InferenceLinear(weight: map.weight.value, bias: nil)(last, rows: rows, into: outputs)
      last = outputs
    }
    projection(last, rows: rows, into: logits)
    return logits.tensor(rows: rows)
  }
}

/// A Transformer prepared for search: the decoder's weights, packed.
struct TransformerSearch: DecoderFactory {
  let model: Transformer
  let layers: [TransformerStepMaps]
  let projection: InferenceLinear

  init(_ model: Transformer) {
    self.model = model
    layers = model.decoder.layers.map(TransformerStepMaps.init)
    projection = InferenceLinear(weight: model.projection.value, bias: nil)
  }

  func makeDecoder(
    for sources: PackedTokens, rows: Int, length: Int
  ) -> any IncrementalDecoder {
    TransformerStepDecoder(self, sources: sources, rows: rows)
  }
}

extension Transformer {
  /// Prepares search with caches of keys and values.
  public func prepareSearch() -> any DecoderFactory { TransformerSearch(self) }
}

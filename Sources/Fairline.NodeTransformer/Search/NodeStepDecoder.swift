import Fairline
import FairlineModels
import FairlineTensor

/// Search with a NODE decoder on a fixed grid: each step solves for the new rows only, exactly.
final class NodeStepDecoder: IncrementalDecoder {
  private let model: NodeTransformer
  private let decoder: NodeDecoder
  private let layers: [NodeStepLayer]
  private let projection: InferenceLinear
  private let work: NodeStepWork
  private let last: RowBuffer
  private let logits: RowBuffer
  private let segments: Segments
  private var step = NodeStep()
  private var stepCount = 0

  private(set) var attention: [[Float]]?
  var keepsAttention = false

  init(_ search: NodeSearch, _ decoder: NodeDecoder, sources: PackedTokens) {
    model = search.model
    self.decoder = decoder
    projection = search.projection
    segments = sources.segments
    let memory = RowBuffer(model.encode(sources, ForwardPass.evaluation()) + 0)
    layers = decoder.layers.enumerated().map { index, layer in
      NodeStepLayer(
        layer, search.maps[index], search.model.evaluation, source: memory, rows: sources.count,
        separated: decoder.separated.isEmpty ? nil : decoder.separated[index])
    }
    let shape = decoder.shape
    work = NodeStepWork(
      width: shape.innerChannels, channels: shape.layer.channels, hidden: shape.layer.hidden)
    last = RowBuffer(columns: projection.inputs)
    logits = RowBuffer(columns: projection.outputs)
  }

  func step(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> Tensor {
    let rows = symbols.count
    extendPrefixes(parents)
    showSources(sentences)
    var states = embed(symbols)
    var weights: [[Float]] = keepsAttention ? Array(repeating: [], count: rows) : []
    for (index, layer) in layers.enumerated() {
      step.observe = keepsAttention && index == layers.count - 1 ? { weights[$0] = $1 } : nil
      states = layer.run(states, work, step)
    }
    step.observe = nil
    attention = keepsAttention ? weights : nil
    step.cachedRows += rows
    stepCount += 1
    let pass = ForwardPass.evaluation()
    last.copy(decoder.stream.end(states, pass))
    logits.reserve(rows)
    projection(last, rows: rows, into: logits)
    return logits.tensor(rows: rows)
  }

  private func extendPrefixes(_ parents: [Int32]) {
    let before = step.prefixes
    let rows = parents.count
    step.cells = (0..<rows).map { Int32(step.cachedRows + $0) }
    step.prefixes = RowLists()
    step.prefixes.clear(rows: rows, longest: stepCount + 1)
    for row in 0..<rows {
      if stepCount > 0 { step.prefixes.append(Int(parents[row]), of: before, to: row) }
      step.prefixes.append(step.cells[row], to: row)
    }
  }

  private func showSources(_ sentences: [Int32]) {
    let longest = sentences.reduce(0) { max($0, segments.length(Int($1))) }
    step.groups = RowLists.runs(of: sentences)
    step.sources.clear(rows: sentences.count, longest: longest)
    for (row, sentence) in sentences.enumerated() {
      step.sources.append(segments[Int(sentence)].map { Int32($0) }, to: row)
    }
  }

  /// The embeddings of new symbols, all in the same place. `[row, channel]`
  private func embed(_ symbols: [Int32]) -> Tensor {
    let (embedding, pass) = (decoder.stream.embedding, ForwardPass.evaluation())
    let tokens = PackedTokens(
      ids: symbols, segments: Segments(lengths: symbols.map { _ in 1 }))
    var states = embedding.table(tokens, scale: embedding.scale, pass)
    if let positions = embedding.positions {
      let place = Positions.paddingIndex + 1 + stepCount
      states = states + positions.table(pass).sliced(place..<(place + 1))
    }
    if let norm = embedding.norm { states = norm(states, pass) }
    return decoder.stream.widen(states)
  }
}

/// A NODE decoder prepared for search: its weights, packed.
struct NodeSearch: DecoderFactory {
  let model: NodeTransformer
  let decoder: NodeDecoder
  /// The maps of each layer's pieces.
  let maps: [[NodeStepMaps]]
  let projection: InferenceLinear

  init(_ model: NodeTransformer, _ decoder: NodeDecoder) {
    self.model = model
    self.decoder = decoder
    maps = decoder.layers.map { $0.cells.map(NodeStepMaps.init) }
    projection = InferenceLinear(weight: model.projection.value, bias: nil)
  }

  func makeDecoder(
    for sources: PackedTokens, rows: Int, length: Int
  ) -> any IncrementalDecoder {
    NodeStepDecoder(self, decoder, sources: sources)
  }
}

/// Search with a NODE decoder whose steps depend on what it decodes.
struct NodePrefixSearch: DecoderFactory {
  let model: NodeTransformer

  func makeDecoder(
    for sources: PackedTokens, rows: Int, length: Int
  ) -> any IncrementalDecoder {
    NodePrefixDecoder(model, sources: sources)
  }
}

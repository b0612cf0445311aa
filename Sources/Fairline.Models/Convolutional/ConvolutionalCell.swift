import FairlineGeneration
import FairlineTensor

/// The decoder prepared for search.
struct PreparedConvolutionalDecoder {
  private let first: EffectiveWeights.Map
  private let last: EffectiveWeights.Map?
  private let layers: [PreparedConvolutionalLayer]
  private let attention: [(input: EffectiveWeights.Map, output: EffectiveWeights.Map)?]

  /// Takes the weights of a stack.
  ///
  /// - Parameters:
  ///   - attention: that of each layer over a source; nil for none.
  ///   - map: what follows the last layer; nil for nothing.
  init(
    _ stack: ConvolutionalStack, attention: [ConvolutionalAttention?] = [], map: NormalizedLinear?,
    _ effective: EffectiveWeights
  ) {
    first = effective.add(stack.first)
    layers = stack.layers.map { PreparedConvolutionalLayer($0, effective) }
    let all = attention.isEmpty ? stack.layers.map { _ in nil } : attention
    self.attention = all.map { own in
      own.map { (effective.add($0.input), effective.add($0.output)) }
    }
    last = map.map { effective.add($0) }
  }

  /// The same, packed.
  struct Packed: Sendable {
    let first: PackedMap
    let last: PackedMap?
    let layers: [PreparedConvolutionalLayer.Packed]
    let attention: [(input: PackedMap, output: PackedMap)?]
    let precision: InferencePrecision

    /// Layers that attend to the source.
    var attendingCount: Int { attention.count { $0 != nil } }
  }

  func packed(_ weights: InferenceWeights) -> Packed {
    Packed(
      first: PackedMap(first, weights), last: last.map { PackedMap($0, weights) },
      layers: layers.map { $0.packed(weights) },
      attention: attention.map { own in
        own.map { (PackedMap($0.input, weights), PackedMap($0.output, weights)) }
      }, precision: weights.precision)
  }
}

/// All layers of a convolutional decoder, with the last inputs of each prefix.
final class ConvolutionalCell: StepCell {
  private let maps: PreparedConvolutionalDecoder.Packed
  private let memory: CachedMemory
  /// For each layer, the inputs before the present one, oldest first; nil for width 1.
  private let seen: [StateRows?]
  private let query: RowBuffer
  private let result: RowBuffer

  init(_ maps: PreparedConvolutionalDecoder.Packed, channels: Int) {
    self.maps = maps
    memory = CachedMemory(channels: channels, precision: maps.precision)
    seen = maps.layers.map {
      $0.width > 1 ? StateRows(columns: ($0.width - 1) * $0.inputs) : nil
    }
    query = RowBuffer(columns: channels)
    result = RowBuffer(columns: 0)
  }

  func join(_ sources: EncodedSources) { memory.join(sources) }

  func run(_ embedded: RowBuffer, _ step: DecoderStep) -> RowBuffer {
    let embedding = embedded.tensor(rows: step.rows)
    let shown = step.observe == nil ? nil : ShownAttention(rows: step.rows, maps.attendingCount)
    var states = [maps.first(embedding)]
    for (place, layer) in maps.layers.enumerated() {
      let inputs = history(place, layer, states[place], step)
      var x = layer.convolution(inputs).gated()
      if let attention = maps.attention[place] {
        x = attend(attention, x, embedding, shown, step)
      }
      states.append(layer.finish(x, states))
    }
    if let observe = step.observe, let shown, maps.attendingCount > 0 {
      for (row, weights) in shown.rows.enumerated() { observe(row, weights) }
    }
    let end = states[states.count - 1]
    let mapped = maps.last.map { $0(end) } ?? end
    result.reshape(columns: mapped.shape.columns)
    result.copy(mapped)
    return result
  }

  /// The inputs that a convolution sees, the present one last, which are kept for the next step.
  /// `[row, width * input]`
  private func history(
    _ place: Int, _ layer: PreparedConvolutionalLayer.Packed, _ x: Tensor, _ step: DecoderStep
  ) -> Tensor {
    guard let kept = seen[place] else { return x }
    kept.advance(step)
    let all = Tensor.concatenated([kept.current.tensor(rows: step.rows), x], along: 1)
    kept.current.copy(all.sliced(layer.inputs..<all.shape.columns, along: 1))
    return all
  }

  private func attend(
    _ attention: (input: PackedMap, output: PackedMap), _ x: Tensor, _ embedding: Tensor,
    _ shown: ShownAttention?, _ step: DecoderStep
  ) -> Tensor {
    query.copy(attention.input(x).averaged(with: embedding))
    var own = step
    own.observe = shown.map { shown in { shown.add($1, to: $0) } }
    let mean = memory(query, own).tensor(rows: step.rows)
    let roots = (0..<step.rows).map { Float(step.sourceLength(of: $0)).squareRoot() }
    let scaled = mean * Tensor(roots, shape: [step.rows, 1])
    return attention.output(scaled).averaged(with: x)
  }
}

/// The mean of the attention of several layers.
private final class ShownAttention {
  private(set) var rows: [[Float]]
  private let share: Float

  init(rows: Int, _ layers: Int) {
    self.rows = [[Float]](repeating: [], count: rows)
    share = 1 / Float(max(layers, 1))
  }

  func add(_ weights: [Float], to row: Int) {
    if rows[row].isEmpty { rows[row] = [Float](repeating: 0, count: weights.count) }
    for place in weights.indices { rows[row][place] += share * weights[place] }
  }
}

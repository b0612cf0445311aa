public import Fairline
import FairlineGeneration
import FairlineTensor

extension ConvolutionalModel {
  /// Yes.
  public var searchesInIntegers: Bool { true }

  /// Prepares search that keeps each convolution's last inputs of each prefix.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    let tables = InferenceWeights(parameters, precision: preparation.precision)
    let effective = EffectiveWeights()
    let encoder = PreparedConvolutionalEncoder(self, effective)
    let decoder = PreparedConvolutionalDecoder(
      self.decoder, attention: attention, map: decoderMap, effective)
    let projection = effective.add(output.weight(ForwardPass.evaluation()), bias: output.bias.value)
    let weights = effective.finish(tables.precision)
    let maps = (encoder: encoder.packed(weights), decoder: decoder.packed(weights))
    let source = PreparedEmbedding(self.encoder.table, positions: self.encoder.positions, tables)
    let channels = self.encoder.table.weight.shape[1]
    let prepared = PreparedOutput(
      projection.weight, bias: projection.bias, weights, preparation)
    return StackSearch(
      embedding: PreparedEmbedding(
        self.decoder.table, positions: self.decoder.positions, tables),
      output: prepared,
      encoder: {
        {
          let embedded = RowBuffer(columns: channels)
          source($0.ids, places: $0.segments.positions(from: 0), into: embedded)
          let states = maps.encoder.encode(
            embedded.tensor(rows: $0.count), $0.segments)
          return SourceEncoding(states)
        }
      }
    ) { [ConvolutionalCell(maps.decoder, channels: channels)] }
  }
}

/// The weights that normalised ones stand for, as parameters of their own, so that search may pack
/// and round them like all others.
final class EffectiveWeights {
  private let space = ParameterSpace(seed: 0)
  private var count = 0

  /// The name of a weight, by which it is packed.
  struct Map {
    let weight, bias: Parameter
  }

  /// Takes a weight `[output, input]` and a bias `[output]`.
  func add(_ weight: Tensor, bias: Tensor) -> Map {
    count += 1
    return Map(
      weight: space.parameter("\(count).weight", weight.shape) { weight },
      bias: space.parameter("\(count).bias", bias.shape) { bias })
  }

  /// Takes the weight that a layer stands for.
  func add(_ layer: any NormalizedLayer) -> Map {
    add(layer.matrix(ForwardPass.evaluation()), bias: layer.bias.value)
  }

  /// All weights taken, to be packed.
  func finish(_ precision: InferencePrecision) -> InferenceWeights {
    InferenceWeights(ParameterSet(space), precision: precision)
  }
}

/// An affine map without a tape, of tensors.
struct PackedMap: Sendable {
  private let map: InferenceLinear

  init(_ map: EffectiveWeights.Map, _ weights: InferenceWeights) {
    self.map = weights.linear(map.weight, bias: map.bias)
  }

  /// Maps every row. `[row, output]`
  func callAsFunction(_ x: Tensor) -> Tensor { map(x) }
}

/// The maps of a convolutional layer.
struct PreparedConvolutionalLayer {
  let convolution: EffectiveWeights.Map
  let projection: EffectiveWeights.Map?
  let layer: ConvolutionalLayer

  init(_ layer: ConvolutionalLayer, _ effective: EffectiveWeights) {
    convolution = effective.add(layer.convolution)
    projection = layer.projection.map { effective.add($0) }
    self.layer = layer
  }

  /// The same, packed.
  struct Packed: Sendable {
    let convolution: PackedMap
    let projection: PackedMap?
    /// Symbols that the convolution sees, and how many states back the one is that is added.
    let width, residual: Int
    /// Channels that the convolution reads of each symbol.
    let inputs: Int

    /// The sum of a layer's result with an earlier state.
    func finish(_ x: Tensor, _ states: [Tensor]) -> Tensor {
      guard residual > 0 else { return x }
      let earlier = states[states.count - residual]
      return x.averaged(with: projection.map { $0(earlier) } ?? earlier)
    }
  }

  func packed(_ weights: InferenceWeights) -> Packed {
    Packed(
      convolution: PackedMap(convolution, weights),
      projection: projection.map { PackedMap($0, weights) }, width: layer.convolution.width,
      residual: layer.residual, inputs: layer.convolution.direction.shape[1])
  }
}

/// The encoder prepared for search.
struct PreparedConvolutionalEncoder {
  private let first, last: EffectiveWeights.Map
  private let layers: [PreparedConvolutionalLayer]

  init(_ model: ConvolutionalModel, _ effective: EffectiveWeights) {
    first = effective.add(model.encoder.first)
    layers = model.encoder.layers.map { PreparedConvolutionalLayer($0, effective) }
    last = effective.add(model.encoderMap)
  }

  /// The same, packed.
  struct Packed: Sendable {
    let first, last: PackedMap
    let layers: [PreparedConvolutionalLayer.Packed]

    /// Keys and values side by side. `[source, 2 channel]`
    func encode(_ embedded: Tensor, _ segments: Segments) -> Tensor {
      var states = [first(embedded)]
      for layer in layers {
        let seen = NormalizedConvolution.neighbours(
          of: states[states.count - 1], segments, width: layer.width,
          before: (layer.width - 1) / 2)
        states.append(layer.finish(layer.convolution(seen).gated(), states))
      }
      let keys = last(states[states.count - 1])
      return Tensor.concatenated([keys, keys.averaged(with: embedded)], along: 1)
    }
  }

  func packed(_ weights: InferenceWeights) -> Packed {
    Packed(
      first: PackedMap(first, weights), last: PackedMap(last, weights),
      layers: layers.map { $0.packed(weights) })
  }
}

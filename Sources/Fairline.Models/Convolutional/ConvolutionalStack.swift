import FairlineTensor

/// One layer of a convolutional stack.
struct ConvolutionalLayer: Sendable {
  let convolution: NormalizedConvolution
  /// From the channels of the state that is added to those of the result, where they differ.
  let projection: NormalizedLinear?
  /// How many states back that state is; 0 for none.
  let residual: Int
  /// Channels of the result.
  let channels: Int
}

/// What encoder and decoder have in common: embeddings, a map to the first
/// layer's channels, convolutions.
struct ConvolutionalStack: Sendable {
  let table: Embedding
  /// What is added for the place, nil for nothing.
  let positions: Positions?
  let first: NormalizedLinear
  let layers: [ConvolutionalLayer]
  let dropout: Double

  /// Makes the parts with fairseq's parameter names.
  ///
  /// - Parameter places: rows of the table of trained positions; nil for none.
  init(
    _ space: ParameterSpace, symbols: Int, channels: Int, places: Int?, _ list: ConvolutionList,
    dropout: Double
  ) {
    let values = Initializer.normal(deviation: 0.1, zeroRow: Positions.paddingIndex)
    table = Embedding(
      space.part("embed_tokens"), symbols: symbols, channels: channels, values: values)
    positions = places.map { places in
      let rows = space.part("embed_positions").parameter("weight", [places, channels], values)
      rows.mayBeRounded = false
      return .learned(rows)
    }
    first = NormalizedLinear(
      space.part("fc1"), inputs: channels, outputs: list.layers[0].channels, dropout: dropout)
    layers = zip(list.layers, list.inputs).enumerated().map { place, pair in
      let (layer, inputs) = pair
      let differs = inputs.residual.map { $0 != layer.channels } ?? false
      return ConvolutionalLayer(
        convolution: NormalizedConvolution(
          space.part("convolutions.\(place)"), inputs: inputs.channels,
          outputs: 2 * layer.channels, width: layer.width, dropout: dropout),
        projection: differs
          ? inputs.residual.map {
            NormalizedLinear(
              space.part("projections.\(place)"), inputs: $0, outputs: layer.channels)
          } : nil,
        residual: layer.residual, channels: layer.channels)
    }
    self.dropout = dropout
  }

  /// Channels of the last layer.
  var outputs: Int { layers[layers.count - 1].channels }

  /// Embeds symbols and their places. `[token, channel]`
  func embed(_ tokens: PackedTokens, _ pass: ForwardPass) -> Tensor {
    table(tokens, positions: positions, pass).droppedOut(pass.dropout(dropout))
  }

  /// Runs the layers.
  ///
  /// - Parameters:
  ///   - before: how many symbols before each a convolution of some width sees.
  ///   - body: what a layer does between its gates and the sum with an earlier state.
  /// - Returns: `[token, channel]`
  func callAsFunction(
    _ embedded: Tensor, _ segments: Segments, before: (_ width: Int) -> Int, _ pass: ForwardPass,
    body: (_ layer: Int, Tensor) -> Tensor = { $1 }
  ) -> Tensor {
    var states = [first(embedded, pass)]
    for (place, layer) in layers.enumerated() {
      var x = states[place].droppedOut(pass.dropout(dropout))
      x = layer.convolution(x, segments, before: before(layer.convolution.width), pass).gated()
      x = body(place, x)
      if layer.residual > 0 {
        let earlier = states[states.count - layer.residual]
        x = x.averaged(with: layer.projection.map { $0(earlier, pass) } ?? earlier)
      }
      states.append(x)
    }
    return states[states.count - 1]
  }
}

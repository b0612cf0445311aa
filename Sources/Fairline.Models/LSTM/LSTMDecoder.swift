import FairlineTensor

/// A recurrent decoder: beside an encoder its input is the symbol before with the output before
/// ("input feeding", Luong and others 2015), and it may attend to the source.
struct LSTMDecoder: Sendable {
  /// The table of target symbols.
  let table: Embedding
  /// From the encoder's ends to the beginnings of the layers, where sizes differ.
  let hiddenMap, cellMap: Linear?
  let layers: [LSTMLayer]
  /// The attention to the source; nil for none.
  let attention: LSTMAttention?
  /// From hidden states to the output projection's channels, where they differ.
  let outputMap: Linear?
  /// The way to symbols; a shared projection has no bias.
  let output: OutputProjection
  /// Channels of hidden states.
  let channels: Int
  private let dropoutIn: Double
  /// Dropout of what layers give.
  let dropoutOut: Double

  /// Makes the decoder with fairseq's parameter names.
  ///
  /// - Parameters:
  ///   - symbols: symbols that are predicted.
  ///   - readSymbols: symbols that are read; those that are predicted when nil.
  ///   - shared: the table, where it is the encoder's.
  ///   - memoryChannels: channels of what the encoder gives; nil without one.
  /// - Throws: `UserError` when the settings' bands do not fit the symbols.
  init(
    _ space: ParameterSpace, symbols: Int, readSymbols: Int? = nil, shared: Embedding?,
    memoryChannels: Int?, attends: Bool, _ settings: some LSTMDecoderSettings
  ) throws {
    let channels = settings.decoderChannels
    let bands = try settings.bands(symbols: symbols)
    self.channels = channels
    (dropoutIn, dropoutOut) = (settings.inputDropout, settings.outputDropout)
    if let shared {
      table = shared
      space.alias("embed_tokens.weight", of: shared.weight)
    } else {
      table = Embedding(
        recurrent: space.part("embed_tokens"), symbols: readSymbols ?? symbols,
        channels: settings.decoderEmbedDim, isFrozen: settings.decoderFreezeEmbed)
    }
    func map(_ name: String) -> Linear? {
      guard let memoryChannels, memoryChannels != channels else { return nil }
      return Linear(recurrent: space.part(name), inputs: memoryChannels, outputs: channels)
    }
    (hiddenMap, cellMap) = (map("encoder_hidden_proj"), map("encoder_cell_proj"))
    let fed = memoryChannels == nil ? 0 : channels
    layers = (0..<settings.decoderLayers).map {
      LSTMLayer(
        space.part("layers.\($0)"), inputs: $0 == 0 ? settings.decoderEmbedDim + fed : channels,
        channels: channels)
    }
    attention =
      attends
      ? memoryChannels.map {
        LSTMAttention(space.part("attention"), channels: channels, memoryChannels: $0)
      } : nil
    let outputs = settings.decoderOutEmbedDim
    outputMap =
      channels == outputs || bands != nil
      ? nil : Linear(recurrent: space.part("additional_fc"), inputs: channels, outputs: outputs)
    if let bands {
      output = .adaptive(
        AdaptiveSoftmax(
          space.part("adaptive_softmax"), bands, channels: channels,
          factor: type(of: settings).adaptiveFactor, dropout: dropoutOut))
    } else if shared != nil || settings.shareDecoderInputOutputEmbed {
      output = .full(table.weight)
    } else {
      let layer = Linear(recurrent: space.part("fc_out"), inputs: outputs, outputs: symbols)
      output = .full(layer.weight, bias: layer.bias)
    }
  }

  /// Embeds symbols. `[target, channel]`
  func embed(_ tokens: PackedTokens, _ pass: ForwardPass) -> Tensor {
    table(tokens, pass).droppedOut(pass.dropout(dropoutIn))
  }

  /// What the output projection reads. `[target, channel]`
  func finish(_ states: Tensor, _ pass: ForwardPass) -> Tensor {
    guard let outputMap else { return states }
    return outputMap(states, pass).droppedOut(pass.dropout(dropoutOut))
  }

  /// What the layers begin with: the encoder's ends, mapped where sizes differ. Each
  /// `[sentence, channel]`
  func starts(
    _ ends: LSTMEncoder.Result, _ pass: ForwardPass
  ) -> (hidden: [Tensor], cells: [Tensor]) {
    (
      ends.hidden.map { end in hiddenMap.map { $0(end, pass) } ?? end },
      ends.cells.map { end in cellMap.map { $0(end, pass) } ?? end }
    )
  }

  /// Computes the states of packed targets beside encoded sources.
  ///
  /// - Parameter weights: receives the attention when given.
  /// - Returns: `[target, channel]`
  func callAsFunction(
    _ tokens: PackedTokens, source: LSTMEncoder.Result, sourceSegments: Segments,
    weights: inout [Tensor]?, _ pass: ForwardPass
  ) -> Tensor {
    let order = StepOrder(tokens.segments)
    let slots = order.sequences.map(Int32.init)
    let begin = starts(source, pass)
    var hidden = begin.hidden.map { $0.rows(at: slots) }
    var cells = begin.cells.map { $0.rows(at: slots) }
    var fed = Tensor.zeros([slots.count, channels])
    let embedded = embed(tokens, pass).rows(at: order.rows)
    let memory = attention.map { _ in
      LSTMAttention.Memory(source.states, sourceSegments, slots: order.sequences)
    }
    var outputs: [Tensor] = []
    var seen: [[Tensor]] = slots.map { _ in [] }
    for step in 0..<order.stepCount {
      let places = order.places(of: step)
      let count = places.count
      func alive(_ tensor: Tensor) -> Tensor {
        tensor.shape[0] == count ? tensor : tensor.sliced(0..<count)
      }
      var input = Tensor.concatenated([embedded.sliced(places), alive(fed)], along: 1)
      for (index, layer) in layers.enumerated() {
        (hidden[index], cells[index]) = layer.step(
          input, hidden: alive(hidden[index]), cell: alive(cells[index]), pass)
        if index + 1 < layers.count {
          input = hidden[index].droppedOut(pass.dropout(dropoutOut))
        }
      }
      var output = hidden[layers.count - 1]
      if let attention, let memory {
        let shown = weights == nil ? nil : AttentionWeights()
        output = attention(output, memory, shown, pass)
        for (slot, row) in (shown?.sequences ?? []).enumerated() { seen[slot].append(row) }
      }
      fed = output.droppedOut(pass.dropout(dropoutOut))
      outputs.append(fed)
    }
    if weights != nil, attention != nil {
      var sequences = [Tensor](repeating: Tensor.zeros([0, 0]), count: slots.count)
      for (slot, rows) in seen.enumerated() where !rows.isEmpty {
        sequences[order.sequences[slot]] = Tensor.concatenated(rows)
      }
      weights = sequences
    }
    let all = outputs.isEmpty ? fed : Tensor.concatenated(outputs).rows(at: order.placesOfRows)
    return finish(all, pass)
  }
}

import FairlineTensor

/// The weights of one recurrent layer and direction.
struct LSTMLayer: Sendable {
  /// From inputs to gates. `[4 channel, input]`
  let input: Parameter
  /// From hidden states to gates. `[4 channel, channel]`
  let recurrent: Parameter
  /// Added to the gates. Each `[4 channel]`
  let inputBias, recurrentBias: Parameter

  /// Makes parameters, all uniform between -0.1 and 0.1.
  ///
  /// - Parameter suffix: what follows `weight_ih`: `_l0_reverse`.
  init(_ space: ParameterSpace, suffix: String = "", inputs: Int, channels: Int) {
    input = space.parameter("weight_ih\(suffix)", [4 * channels, inputs], Self.values)
    recurrent = space.parameter("weight_hh\(suffix)", [4 * channels, channels], Self.values)
    inputBias = space.parameter("bias_ih\(suffix)", [4 * channels], Self.values)
    recurrentBias = space.parameter("bias_hh\(suffix)", [4 * channels], Self.values)
  }

  static let values = Initializer.uniform(bound: 0.1)

  /// What inputs add to the gates, both biases included. `[token, 4 channel]`
  func gates(_ x: Tensor, _ pass: ForwardPass) -> Tensor {
    x.linear(weight: pass.value(of: input), bias: pass.value(of: inputBias))
      + pass.value(of: recurrentBias)
  }

  /// Runs over packed sequences, from zeros.
  func callAsFunction(_ x: Tensor, _ order: StepOrder, _ pass: ForwardPass) -> RecurrentStates {
    Tensor.recurrence(gates: gates(x, pass), weight: pass.value(of: recurrent), order: order)
  }

  /// One step of each row.
  func step(
    _ x: Tensor, hidden: Tensor, cell: Tensor, _ pass: ForwardPass
  ) -> (hidden: Tensor, cell: Tensor) {
    let sum =
      gates(x, pass) + hidden.linear(weight: pass.value(of: recurrent))  // [row, 4 channel]
    return Tensor.memoryCell(gates: sum, cell: cell)
  }

  /// The same without a tape.
  func prepared(_ weights: InferenceWeights) -> InferenceMemoryCell {
    InferenceMemoryCell(
      input: input, recurrent: recurrent, biases: (inputBias, recurrentBias), weights)
  }
}

extension Linear {
  /// A linear layer as fairseq's recurrent models make them: uniform between -0.1 and 0.1.
  init(recurrent space: ParameterSpace, inputs: Int, outputs: Int, hasBias: Bool = true) {
    self.init(
      space, inputs: inputs, outputs: outputs, hasBias: hasBias, weight: LSTMLayer.values,
      bias: LSTMLayer.values)
  }
}

extension Embedding {
  /// A table as fairseq's recurrent models make it.
  init(recurrent space: ParameterSpace, symbols: Int, channels: Int, isFrozen: Bool) {
    self.init(
      space, symbols: symbols, channels: channels,
      values: .uniform(bound: 0.1, zeroRow: Positions.paddingIndex))
    weight.isTrainable = !isFrozen
  }
}

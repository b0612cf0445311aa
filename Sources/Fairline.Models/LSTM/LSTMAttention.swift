import FairlineTensor

/// Attention of hidden states to the source's states: a product of both, whose weighted mean is
/// joined with the hidden state (Luong and others 2015, "general" scores).
struct LSTMAttention: Sendable {
  /// From hidden states to what is compared with the source.
  let input: Linear
  /// From the mean of the source and the hidden state to the output.
  let output: Linear

  /// Makes the layer with fairseq's parameter names.
  init(_ space: ParameterSpace, channels: Int, memoryChannels: Int) {
    input = Linear(
      recurrent: space.part("input_proj"), inputs: channels, outputs: memoryChannels,
      hasBias: false)
    output = Linear(
      recurrent: space.part("output_proj"), inputs: memoryChannels + channels, outputs: channels,
      hasBias: false)
  }

  /// The source's states in the order of slots.
  struct Memory {
    /// The states. `[source, channel]`
    let states: Tensor
    let lengths: [Int]

    init(_ states: Tensor, _ segments: Segments, slots: [Int]) {
      self.states = states.rows(at: slots.flatMap { segments[$0].map(Int32.init) })
      lengths = slots.map(segments.length)
    }
  }

  /// Attends from the first slots.
  ///
  /// - Parameter hidden: `[slot, channel]`
  /// - Returns: `[slot, channel]`
  func callAsFunction(
    _ hidden: Tensor, _ memory: Memory, _ weights: AttentionWeights?, _ pass: ForwardPass
  ) -> Tensor {
    let count = hidden.shape[0]
    let width = memory.states.shape[1]
    let shape = AttentionShape(
      querySegments: Segments(lengths: repeatElement(1, count: count)),
      keySegments: Segments(lengths: memory.lengths.prefix(count)), heads: 1, headDimension: width)
    // The attention divides by the root of the width; these scores are products as they are.
    let query = input(hidden, pass) * Float(width).squareRoot()
    let mean = Tensor.attention(
      query: StateColumns(query), key: StateColumns(memory.states),
      value: StateColumns(memory.states), shape: shape, weights: weights)
    return output(Tensor.concatenated([mean, hidden], along: 1), pass).tanh()
  }
}

import FairlineModels
import FairlineTensor

/// What a field reads besides its state.
struct NodeSurroundings {
  /// The rows of each sequence in the state.
  var segments: Segments
  /// The encoder's states, in the decoder. `[source, channel]`
  var memory: Tensor?
  /// The rows of each sequence in the encoder's states.
  var memorySegments = Segments(lengths: [])
  /// The time as a fraction of depth, `[1]` or `[token]`; nil where the field does not read it.
  var time: Tensor?
  /// Receives the attention over the source when given.
  var weights: AttentionWeights?
}

extension NodeCell {
  /// The derivative of the state by depth.
  ///
  /// - Parameter state: `[token, channel]`
  /// - Returns: `[token, channel]`
  func derivative(_ state: Tensor, _ around: NodeSurroundings, _ pass: ForwardPass) -> Tensor {
    let slope =
      shape.form == .preNorm
      ? residualField(state, around, pass) : composedField(state, around, pass)
    guard let scale else { return slope }
    return slope * pass.value(of: scale)
  }

  /// What a pre-norm layer adds to its input.
  private func residualField(
    _ state: Tensor, _ around: NodeSurroundings, _ pass: ForwardPass
  ) -> Tensor {
    var input = state
    if let timeShift, let time = around.time {
      input = input + time.reshaped(to: [time.count, 1]) * pass.value(of: timeShift)
    }
    var stream = input  // [token, channel]
    let dropout = shape.layer.dropout
    if let attention {
      stream = branch(attention, attention.norm(stream, pass), around, pass)
        .added(to: stream, dropout: dropout, pass)
    }
    if let sourceAttention {
      stream = sourceBranch(sourceAttention, sourceAttention.norm(stream, pass), around, pass)
        .added(to: stream, dropout: dropout, pass)
    }
    stream = feedForward.map(feedForward.norm(stream, pass), pass)
      .added(to: stream, dropout: dropout, pass)
    return stream - input
  }

  /// One sub-layer after the other, without residual connections.
  private func composedField(
    _ state: Tensor, _ around: NodeSurroundings, _ pass: ForwardPass
  ) -> Tensor {
    var stream = state  // [token, channel]
    if shape.readsTime, let time = around.time {
      let clock = Tensor.zeros([state.shape[0], shape.layer.heads])
      let columns = clock + time.reshaped(to: [time.count, 1])
      stream = Tensor.concatenated([columns, stream], along: 1)
    }
    func apply(_ norm: LayerNorm, _ map: (Tensor) -> Branch) {
      let input = shape.normalizesBefore ? norm(stream, pass) : stream
      let result = map(input).value(pass).droppedOut(pass.dropout(shape.layer.dropout))
      stream = shape.normalizesBefore ? result : norm(result, pass)
    }
    if let attention {
      apply(attention.norm) { branch(attention, $0, around, pass) }
    }
    if let sourceAttention {
      apply(sourceAttention.norm) { sourceBranch(sourceAttention, $0, around, pass) }
    }
    apply(feedForward.norm) { feedForward.map($0, pass) }
    return stream
  }

  private func branch(
    _ part: SubLayer<MultiHeadAttention>, _ x: Tensor, _ around: NodeSurroundings,
    _ pass: ForwardPass
  ) -> Branch {
    part.map(x, segments: around.segments, isCausal: shape.isCausal, pass)
  }

  private func sourceBranch(
    _ part: SubLayer<MultiHeadAttention>, _ x: Tensor, _ around: NodeSurroundings,
    _ pass: ForwardPass
  ) -> Branch {
    guard let memory = around.memory else {
      preconditionFailure("a decoder's field needs the encoder's states")
    }
    return part.map(
      x, segments: around.segments, memory: memory, memorySegments: around.memorySegments,
      weights: around.weights, pass)
  }
}

extension NodeSurroundings {
  /// Keeps the encoder's states of some sequences of the batch only, in the given order.
  mutating func choose(_ sequences: [Int]) {
    guard let memory else { return }
    self.memory = memory.rows(
      at: sequences.flatMap { index in memorySegments[index].map(Int32.init) })
    memorySegments = Segments(lengths: sequences.map { memorySegments.length($0) })
  }
}

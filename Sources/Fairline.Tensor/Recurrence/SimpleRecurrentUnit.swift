import CFairlineKernels

/// A layer of simpler simple recurrent units (Kim and others 2019, "From Research to Production and
/// Back", section 3), which takes the place of self-attention in decoders: one vector is all that
/// it keeps of a prefix.
public struct SimpleRecurrentUnit: Sendable {
  /// New contents of cells, and gates, in one product. `[2 channel, channel]`
  public let maps: Parameter
  /// The bias of the gates. `[channel]`
  public let bias: Parameter
  /// Channels of cells, inputs and results.
  public let channels: Int

  /// Makes the layers `input_proj`, without a bias, and `forget_proj`.
  public init(_ space: ParameterSpace, channels: Int) {
    self.channels = channels
    maps = space.fused(
      "maps.weight",
      blocks: ["input_proj.weight", "forget_proj.weight"].map { ($0, channels, .xavierUniform()) },
      columns: channels)
    bias = space.parameter("forget_proj.bias", [channels], .constant(0))
  }

  /// Runs over packed sequences.
  ///
  /// - Parameter x: `[token, channel]`
  /// - Returns: a branch `[token, channel]`
  public func callAsFunction(
    _ x: Tensor, segments: Segments, _ pass: ForwardPass
  ) -> Branch {
    Branch(
      product: Tensor.simpleRecurrence(
        maps: x.linear(weight: pass.value(of: maps)), bias: pass.value(of: bias),
        segments: segments), bias: nil)
  }
}

/// Such a layer without a tape, packed once and shared by all decoders.
public struct InferenceSimpleRecurrence: Sendable {
  private let maps: InferenceLinear
  private let bias: Tensor
  /// Channels of cells, inputs and results.
  public let channels: Int

  /// Packs the maps of a layer.
  public init(_ unit: SimpleRecurrentUnit, _ weights: InferenceWeights) {
    maps = weights.linear(unit.maps, bias: nil)
    bias = unit.bias.value
    channels = unit.channels
  }

  /// Bytes of the weights that every step reads.
  public var byteCount: Int { maps.byteCount }

  /// One step of each row; cells are replaced, the results are added to the residual and normalised
  /// when a norm is given.
  ///
  /// - Parameters:
  ///   - x: `[row, channel]`
  ///   - cell: `[row, channel]`
  ///   - states: the residual. `[row, channel]`
  ///   - work: `[row, 2 channel]`
  ///   - result: `[row, channel]`
  public func callAsFunction(
    _ x: RowBuffer, cell: RowBuffer, rows: Int, addedTo states: RowBuffer, norm: LayerNorm?,
    work: RowBuffer, result: RowBuffer
  ) {
    for buffer in [work, result] { buffer.reserve(rows) }
    maps(x, rows: rows, into: work)
    Parallel.rows(rows, columns: 2 * channels) { range in
      for row in range {
        SimpleRecurrence.step(
          work.row(row), bias: bias.pointer, before: cell.row(row), cell: cell.row(row),
          hidden: result.row(row), channels: channels)
      }
      let first = range.lowerBound
      let sum = states.row(first)
      fl_residual_norm(
        sum, norm == nil ? nil : sum, nil, nil, result.row(first), nil, sum,
        norm?.scale.value.pointer, norm?.shift.value.pointer, Int64(range.count), Int64(channels),
        norm?.epsilon ?? 0, 0, 0, 0, 0)
    }
  }
}

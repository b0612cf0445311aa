import CFairlineKernels

/// An affine map for inference: some rows of a weight, packed once, applied into a buffer without a tape.
///
/// A row's result does not depend on the rows beside it.
public struct InferenceLinear: @unchecked Sendable {
  private let packed: Tensor
  private let bias: Tensor?
  /// Channels of the input.
  public let inputs: Int
  /// Channels of the result.
  public let outputs: Int

  /// Packs rows of a weight `[output, input]`, with those of a bias `[output]`.
  public init(weight: Tensor, bias: Tensor?, rows: Range<Int>? = nil) {
    let rows = rows ?? 0..<weight.shape[0]
    inputs = weight.shape[1]
    outputs = rows.count
    packed = Tensor(uninitialized: [Int(fl_packed_panels(Int64(rows.count))), inputs, 32])
    fl_pack_weight(
      packed.pointer, weight.pointer + rows.lowerBound * inputs, Int64(outputs), Int64(inputs))
    self.bias = bias?.detached.sliced(rows)
  }

  /// Computes rows `first..<first + rows` of `result` from rows of `x`.
  ///
  /// - Parameters:
  ///   - x: `[row, input]`
  ///   - result: `[row, output]`
  ///   - addsBias: whether the bias is added here, or left to what follows.
  public func callAsFunction(
    _ x: RowBuffer, rows: Int, into result: RowBuffer, at first: Int = 0, addsBias: Bool = true
  ) {
    precondition(x.columns == inputs && result.columns == outputs, "the buffers do not fit the map")
    let start = addsBias ? bias?.pointer : nil
    // About a quarter of a million multiply-adds are worth a block of their own.
    let grain = max(1, 250_000 / max(rows * inputs * 32, 1))
    Parallel.ranges(packed.shape[0], grain: grain) { panels in
      fl_packed_product(
        result.row(first), Int64(outputs), x.pointer, Int64(inputs), packed.pointer, start,
        Int64(rows), Int64(outputs), Int64(inputs), Int64(panels.lowerBound),
        Int64(panels.upperBound))
    }
  }

  /// `activation(x W + b)` for rows of `x`.
  public func callAsFunction(
    _ x: RowBuffer, rows: Int, into result: RowBuffer, activation: Activation
  ) {
    self(x, rows: rows, into: result, addsBias: false)
    Parallel.rows(rows, columns: outputs) { range in
      let start = result.row(range.lowerBound)
      fl_bias_activation(
        start, nil, start, bias?.pointer, Int64(range.count), Int64(outputs), activation.kernel,
        0, 0, 0, 0)
    }
  }

  /// `residual + x W + b`, normalised when a norm is given: the end of a sub-layer.
  ///
  /// - Parameters:
  ///   - x: `[row, input]`
  ///   - states: the residual, replaced by the result. `[row, output]`
  ///   - scratch: `[row, output]`
  public func callAsFunction(
    _ x: RowBuffer, rows: Int, addedTo states: RowBuffer, norm: LayerNorm?, scratch: RowBuffer
  ) {
    self(x, rows: rows, into: scratch, addsBias: false)
    Parallel.rows(rows, columns: outputs) { range in
      let (sum, part) = (states.row(range.lowerBound), scratch.row(range.lowerBound))
      fl_residual_norm(
        sum, norm == nil ? nil : sum, nil, nil, part, bias?.pointer, sum,
        norm?.scale.value.pointer, norm?.shift.value.pointer, Int64(range.count),
        Int64(outputs), norm?.epsilon ?? 0, 0, 0, 0, 0)
    }
  }
}

extension LayerNorm {
  /// Normalises rows of a buffer into another one, or in place.
  public func callAsFunction(_ x: RowBuffer, rows: Int, into result: RowBuffer) {
    let columns = x.columns
    Parallel.rows(rows, columns: columns) { range in
      fl_layer_norm(
        result.row(range.lowerBound), nil, nil, x.row(range.lowerBound), scale.value.pointer,
        shift.value.pointer, Int64(range.count), Int64(columns), epsilon)
    }
  }
}

extension Embedding {
  /// `scale * table[symbol] + positions[place]` for each row, into a buffer.
  ///
  /// - Parameters:
  ///   - symbols: `[row]`
  ///   - positions: `[place, channel]`, nil for none.
  ///   - place: the place of every row.
  ///   - result: `[row, channel]`
  public func callAsFunction(
    _ symbols: [Int32], scale: Float, positions: Tensor?, place: Int, into result: RowBuffer
  ) {
    let places = [Int32](repeating: Int32(place), count: symbols.count)
    fl_embed(
      result.pointer, weight.value.pointer, symbols, positions?.pointer,
      positions == nil ? nil : places, Int64(symbols.count), Int64(result.columns), scale)
  }
}

import CFairlineKernels

/// An affine map for inference: some rows of a weight, packed once, applied into a buffer without a
/// tape.
///
/// A row's result does not depend on the rows beside it.
public struct InferenceLinear: @unchecked Sendable {
  private enum Packed {
    case floats(Tensor, areFinite: Bool)
    case integers(PackedIntegers)
  }

  private let packed: Packed
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
    let panels = Tensor(uninitialized: [Int(fl_packed_panels(Int64(rows.count))), inputs, 32])
    fl_pack_weight(
      panels.pointer, weight.pointer + rows.lowerBound * inputs, Int64(outputs), Int64(inputs))
    packed = .floats(
      panels, areFinite: fl_sum_squares(panels.pointer, Int64(panels.count)).isFinite)
    self.bias = bias?.detached.sliced(rows)
  }

  /// Packs a weight of integers `[output, input]`, with rows of a bias.
  ///
  /// - Parameter symbols: the rows to pack, nil for all.
  init(
    _ weight: QuantizedMatrix, bias: Tensor?, biasRows: Range<Int>? = nil,
    symbols: [Int32]? = nil
  ) {
    let own = bias.map { $0.detached.sliced(biasRows ?? 0..<$0.count) }
    let integers = PackedIntegers(weight, rows: symbols)
    inputs = weight.columns
    outputs = integers.scales.count
    packed = .integers(integers)
    self.bias = own
  }

  /// Bytes of the packed weight.
  public var byteCount: Int {
    switch packed {
    case .floats(let panels, _): 4 * panels.count
    case .integers(let integers): integers.byteCount
    }
  }

  /// Computes rows `first..<first + rows` of `result` from rows of `x`.
  ///
  /// - Parameters:
  ///   - x: `[row, input]`
  ///   - start: the first row of `x` that is read.
  ///   - result: `[row, output]`
  ///   - addsBias: whether the bias is added here, or left to what follows.
  public func callAsFunction(
    _ x: RowBuffer, from start: Int = 0, rows: Int, into result: RowBuffer, at first: Int = 0,
    addsBias: Bool = true
  ) {
    precondition(result.columns == outputs, "the buffers do not fit the map")
    run(
      x, start..<(start + rows), result.row(first), result.stride, addsBias ? bias : nil,
      rectifies: false)
  }

  private func run(
    _ x: RowBuffer, _ range: Range<Int>, _ result: UnsafeMutablePointer<Float>, _ stride: Int,
    _ bias: Tensor?, rectifies: Bool
  ) {
    precondition(x.columns == inputs, "the buffers do not fit the map")
    let rows = range.count
    switch packed {
    case .floats(let panels, let areFinite):
      let (start, apart) = (x.row(range.lowerBound), Int64(x.stride))
      if areFinite, inputs >= 512, fl_mostly_zero(start, apart, Int64(rows), Int64(inputs)) {
        // What a rectified map leaves; 64 rows go together at most.
        let share = (rows + Parallel.threadCount - 1) / Parallel.threadCount
        Parallel.ranges(rows, grain: min(64, (share + 1) / 2 * 2)) { part in
          let first = part.lowerBound
          fl_sparse_product(
            result + first * stride, Int64(stride), start + first * x.stride, apart,
            panels.pointer, bias?.pointer, Int64(part.count), Int64(outputs), Int64(inputs))
        }
        return
      }
      split(rows, work: 250_000) { first, last in
        fl_packed_product(
          result, Int64(stride), start, apart, panels.pointer, bias?.pointer, Int64(rows),
          Int64(outputs), Int64(inputs), first, last)
      }
    case .integers(let integers):
      let quantized = QuantizedRows(x, range)
      integers.with(bias: bias, inputs: inputs, rectifies: rectifies) { weight in
        nonisolated(unsafe) let weight = weight
        split(rows, work: 1_000_000) { first, last in
          fl_int8_product(
            result, Int64(stride), quantized.integers, Int64(quantized.stride), quantized.scales,
            weight, Int64(rows), first, last)
        }
      }
    }
  }

  /// Computes the outputs of one panel of 32 for one row, without a bias, where weights are
  /// floating point.
  ///
  /// - Parameter result: where the row's outputs lie. `[output]`
  func compute(
    panel: Int, of x: RowBuffer, row: Int, into result: UnsafeMutablePointer<Float>
  ) {
    guard case .floats(let panels, _) = packed else {
      preconditionFailure("outputs of integers are not computed apart")
    }
    fl_packed_product(
      result, Int64(outputs), x.row(row), Int64(x.stride), panels.pointer, nil, 1, Int64(outputs),
      Int64(inputs), Int64(panel), Int64(panel + 1))
  }

  /// Calls `body` for ranges of panels of about `work` multiply-adds.
  private func split(_ rows: Int, work: Int, _ body: (Int64, Int64) -> Void) {
    let grain = max(1, work / max(rows * inputs * 32, 1))
    Parallel.ranges((outputs + 31) / 32, grain: grain) {
      body(Int64($0.lowerBound), Int64($0.upperBound))
    }
  }

  /// Maps every row of a tensor.
  ///
  /// - Parameter x: `[row, input]`
  /// - Returns: `[row, output]`
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let rows = x.shape[0]
    let input = RowBuffer(columns: inputs)
    let result = RowBuffer(columns: outputs, capacity: rows)
    input.copy(x)
    self(input, rows: rows, into: result)
    return result.tensor(rows: rows)
  }

  /// `activation(x W + b)` for rows of `x`.
  public func callAsFunction(
    _ x: RowBuffer, rows: Int, into result: RowBuffer, activation: Activation
  ) {
    if case .integers = packed, activation == .relu {
      precondition(result.columns == outputs, "the buffers do not fit the map")
      return run(x, 0..<rows, result.pointer, result.stride, bias, rectifies: true)
    }
    self(x, rows: rows, into: result, addsBias: false)
    Parallel.rows(rows, columns: outputs) { range in
      for row in range {
        let start = result.row(row)
        fl_bias_activation(
          start, nil, start, bias?.pointer, 1, Int64(outputs), activation.kernel, 0, 0, 0, 0)
      }
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

/// A weight of integers in the form that its product reads.
private final class PackedIntegers: @unchecked Sendable {
  let scales: [Float]
  let byteCount: Int
  private let panels: Storage
  private let offsets: [Int32]

  init(_ weight: QuantizedMatrix, rows: [Int32]?) {
    let count = rows?.count ?? weight.rows
    scales = rows.map { $0.map { weight.scales[Int($0)] } } ?? weight.scales
    let (panelCount, columns) = (Int(fl_packed_panels(Int64(count))), weight.columns)
    let panelBytes = 32 * Int(fl_int8_depth(Int64(columns)))
    byteCount = panelCount * panelBytes
    panels = Storage(capacity: byteCount / 4)
    nonisolated(unsafe) let packed = Self.bytes(of: panels)
    offsets = [Int32](unsafeUninitializedCapacity: 32 * panelCount) { memory, size in
      size = 32 * panelCount
      guard size > 0 else { return }
      nonisolated(unsafe) let start = memory.baseAddress!
      Parallel.ranges(panelCount, grain: max(1, 250_000 / max(panelBytes, 1))) { part in
        let first = 32 * part.lowerBound
        let chosen = rows.map { Array($0[first..<min(count, 32 * part.upperBound)]) }
        fl_pack_int8(
          packed + part.lowerBound * panelBytes, start + first,
          rows == nil ? weight.values + first * columns : weight.values, chosen,
          Int64(min(count, 32 * part.upperBound) - first), Int64(columns))
      }
    }
    withExtendedLifetime(weight) {}
  }

  private static func bytes(of storage: Storage) -> UnsafeMutablePointer<Int8> {
    UnsafeMutableRawPointer(storage.pointer).assumingMemoryBound(to: Int8.self)
  }

  func with(
    bias: Tensor?, inputs: Int, rectifies: Bool,
    _ body: (UnsafePointer<fl_int8_weight>) -> Void
  ) {
    scales.withUnsafeBufferPointer { scales in
      offsets.withUnsafeBufferPointer { offsets in
        var weight = fl_int8_weight(
          n: Int64(scales.count), k: Int64(inputs), packed: Self.bytes(of: panels),
          offsets: offsets.baseAddress, scales: scales.baseAddress, bias: bias?.pointer,
          rectifies: rectifies)
        body(&weight)
      }
    }
    withExtendedLifetime(bias) {}
  }
}

/// Rows rounded to integers, each with its own scale.
private final class QuantizedRows: @unchecked Sendable {
  /// Bytes from one row to the next.
  let stride: Int
  let integers: UnsafeMutablePointer<UInt8>
  let scales: UnsafeMutablePointer<Float>
  private let memory: Storage

  init(_ x: RowBuffer, _ range: Range<Int>) {
    let rows = range.count
    let bytes = Int(fl_int8_row(Int64(x.columns)))
    // Rows a power of two apart would push each other out of the first cache.
    let stride = bytes % 1024 == 0 ? bytes + 64 : bytes
    self.stride = stride
    memory = Storage(capacity: rows + (rows * stride + 3) / 4)
    let scales = memory.pointer
    self.scales = scales
    let integers = UnsafeMutableRawPointer(scales + rows).assumingMemoryBound(to: UInt8.self)
    self.integers = integers
    Parallel.rows(rows, columns: x.columns) { part in
      let first = part.lowerBound
      fl_quantize_rows(
        integers + first * stride, Int64(stride), scales + first,
        x.row(range.lowerBound + first), Int64(x.stride), Int64(part.count), Int64(x.columns))
    }
  }
}

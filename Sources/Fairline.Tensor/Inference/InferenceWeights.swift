import CFairlineKernels

/// The numbers that weights are held in for inference.
public enum InferencePrecision: String, CaseIterable, Sendable {
  /// 32 bit floating point.
  case float32
  /// 8 bit integers with a scale for each output channel; activations are rounded row by row.
  case int8
}

/// Prepares a model's weights for inference: packed, and rounded where the precision asks for it.
///
/// Weights that the parameters hold as integers already, as after loading a quantised file, are
/// used as they are.
public final class InferenceWeights {
  /// The numbers that weights are held in.
  public let precision: InferencePrecision
  private let parameters: ParameterSet
  private var known: [String: QuantizedMatrix] = [:]

  /// Prepares the weights of `parameters`; integers when these hold integers.
  public init(_ parameters: ParameterSet, precision: InferencePrecision) {
    self.parameters = parameters
    self.precision = parameters.quantized.isEmpty ? precision : .int8
  }

  /// An affine map of some rows of a weight `[output, input]`.
  public func linear(
    _ weight: Parameter, bias: Parameter?, rows: Range<Int>? = nil
  ) -> InferenceLinear {
    switch precision {
    case .float32:
      InferenceLinear(weight: weight.value, bias: bias?.value, rows: rows)
    case .int8:
      InferenceLinear(quantized(weight, rows: rows), bias: bias?.value, biasRows: rows)
    }
  }

  /// A linear map of the rows of several weights with the same inputs, one after the other.
  func linear(stacking weights: [Parameter]) -> InferenceLinear {
    if weights.count == 1 { return linear(weights[0], bias: nil) }
    switch precision {
    case .float32:
      return InferenceLinear(weight: Tensor.concatenated(weights.map(\.value)), bias: nil)
    case .int8:
      let parts = weights.map { quantized($0, rows: nil) }
      return InferenceLinear(QuantizedMatrix(stacking: parts), bias: nil)
    }
  }

  /// An affine map of a layer.
  public func linear(_ layer: Linear) -> InferenceLinear { linear(layer.weight, bias: layer.bias) }

  /// The rows of a weight `[row, channel]` as something to look vectors up in, or to pack again in
  /// part.
  public func table(_ weight: Parameter) -> InferenceTable {
    switch precision {
    case .float32: InferenceTable(rows: .floats(weight.value))
    case .int8: InferenceTable(rows: .integers(quantized(weight, rows: nil)))
    }
  }

  private func quantized(_ weight: Parameter, rows: Range<Int>?) -> QuantizedMatrix {
    let rows = rows ?? 0..<weight.shape[0]
    let key = "\(weight.name) \(rows)"
    if let matrix = known[key] { return matrix }
    let matrix = stored(weight, rows) ?? QuantizedMatrix(quantizing: weight.value, rows: rows)
    known[key] = matrix
    return matrix
  }

  /// The integers that the parameters hold, when they hold all of these rows.
  private func stored(_ weight: Parameter, _ rows: Range<Int>) -> QuantizedMatrix? {
    if weight.parts.isEmpty { return parameters.quantized[weight.name] }
    let parts = weight.parts.filter { rows.overlaps($0.rows) }
    guard parts.first?.rows.lowerBound == rows.lowerBound,
      parts.last?.rows.upperBound == rows.upperBound
    else { return nil }
    let found = parts.compactMap { parameters.quantized[$0.name] }
    guard found.count == parts.count else { return nil }
    return found.count == 1 ? found[0] : QuantizedMatrix(stacking: found)
  }
}

/// Rows to look up, as floats or integers: an embedding, or an output projection of which some rows
/// are wanted.
public struct InferenceTable: @unchecked Sendable {
  enum Rows {
    case floats(Tensor)
    case integers(QuantizedMatrix)
  }

  let rows: Rows

  /// The number of rows.
  public var count: Int {
    switch rows {
    case .floats(let tensor): tensor.shape[0]
    case .integers(let matrix): matrix.rows
    }
  }

  /// A linear map of the rows named, in their order.
  public func linear(of symbols: [Int32]) -> InferenceLinear {
    switch rows {
    case .floats(let tensor):
      let chosen = Tensor(uninitialized: [symbols.count, tensor.shape[1]])
      fl_embed(
        chosen.pointer, tensor.pointer, symbols, nil, nil, Int64(symbols.count),
        Int64(tensor.shape[1]), 1)
      return InferenceLinear(weight: chosen, bias: nil)
    case .integers(let matrix):
      return InferenceLinear(matrix, bias: nil, symbols: symbols)
    }
  }

  /// `scale * row[symbol] + positions[place]` for each symbol, into a buffer.
  ///
  /// - Parameters:
  ///   - positions: `[place, channel]`, nil for none.
  ///   - places: the place of each symbol.
  ///   - result: `[symbol, channel]`
  public func look(
    up symbols: [Int32], scale: Float, positions: Tensor?, places: [Int32],
    into result: RowBuffer
  ) {
    let columns = Int64(result.columns)
    switch rows {
    case .floats(let tensor):
      fl_embed(
        result.pointer, tensor.pointer, symbols, positions?.pointer,
        positions == nil ? nil : places, Int64(symbols.count), columns, scale)
    case .integers(let matrix):
      for (row, symbol) in symbols.enumerated() {
        var factor = matrix.scales[Int(symbol)] * scale
        fl_dequantize_rows(
          result.row(row), columns, matrix.values + Int(symbol) * matrix.columns, &factor, 1,
          columns)
        if let positions {
          fl_add(
            result.row(row), result.row(row), positions.pointer + Int(places[row]) * Int(columns),
            columns)
        }
      }
    }
  }
}

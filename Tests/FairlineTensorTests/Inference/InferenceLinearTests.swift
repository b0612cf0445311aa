import FairlineTensor
import FairlineTesting
import Testing

@Suite struct InferenceLinearTests {
  private func parameters() -> (ParameterSet, Linear) {
    let space = ParameterSpace(seed: 4)
    let layer = Linear(space, inputs: 50, outputs: 70)
    return (ParameterSet(space), layer)
  }

  private func buffer(_ rows: Int, seed: UInt64 = 9) -> (RowBuffer, Tensor) {
    let x = Tensor.uniform([rows, 50], low: -1, high: 1, key: seed, stream: 0)
    let buffer = RowBuffer(columns: 50, capacity: rows)
    buffer.copy(x)
    return (buffer, x)
  }

  @Test func integersAreCloseToFloats() {
    let (parameters, layer) = parameters()
    let (x, tensor) = buffer(7)
    let expected = layer(tensor, ForwardPass.evaluation())
    for (precision, tolerance) in [(InferencePrecision.float32, 1e-5), (.int8, 0.02)] {
      let map = InferenceWeights(parameters, precision: precision).linear(layer)
      let result = RowBuffer(columns: 70, capacity: 7)
      map(x, rows: 7, into: result)
      #expect(mismatch(result.tensor(rows: 7), expected, absolute: tolerance) == nil)
      map(x, rows: 7, into: result, activation: .relu)
      let positive = expected.activated(by: .relu)
      #expect(mismatch(result.tensor(rows: 7), positive, absolute: tolerance) == nil)
    }
  }

  /// The zeros of rectified states are passed over, unless what they are multiplied by is not
  /// finite.
  @Test(arguments: [1, 9, 150]) func rectifiedRowsAreMultiplied(_ rows: Int) {
    let weight = Tensor.normal([70, 600], key: 3, stream: 0)
    let states = Tensor.normal([rows, 600], key: 3, stream: 1).scalars.map { max($0 - 0.8, 0) }
    let x = RowBuffer(columns: 600, capacity: rows)
    x.copy(Tensor(states, shape: [rows, 600]))
    let bias = Tensor.normal([70], key: 3, stream: 2)
    let result = RowBuffer(columns: 70, capacity: rows)
    InferenceLinear(weight: weight, bias: bias)(x, rows: rows, into: result)
    let expected = Tensor(states, shape: [rows, 600]).linear(weight: weight, bias: bias)
    #expect(mismatch(result.tensor(rows: rows), expected, absolute: 1e-4) == nil)
    var broken = weight.scalars
    let place = states.firstIndex(of: 0) ?? 0
    broken[place] = .infinity
    InferenceLinear(weight: Tensor(broken, shape: [70, 600]), bias: nil)(
      x, rows: rows, into: result)
    #expect(result.tensor(rows: rows).scalars[0].isNaN)
  }

  @Test func aRowOfIntegersDoesNotDependOnTheOthers() {
    let (parameters, layer) = parameters()
    let map = InferenceWeights(parameters, precision: .int8).linear(layer)
    let (x, tensor) = buffer(13)
    let together = RowBuffer(columns: 70, capacity: 13)
    map(x, rows: 13, into: together)
    for row in 0..<13 {
      let (single, alone) = (
        RowBuffer(columns: 50, capacity: 1), RowBuffer(columns: 70, capacity: 1)
      )
      single.copy(tensor.sliced(row..<(row + 1)))
      map(single, rows: 1, into: alone)
      #expect(
        alone.tensor(rows: 1).scalars
          == together.tensor(rows: 13).sliced(row..<(row + 1)).scalars)
    }
  }

  @Test func adoptedIntegersAreUsed() throws {
    let (parameters, layer) = parameters()
    let (x, _) = buffer(3)
    let (rounded, adopted) = (
      RowBuffer(columns: 70, capacity: 3), RowBuffer(columns: 70, capacity: 3)
    )
    InferenceWeights(parameters, precision: .int8).linear(layer)(x, rows: 3, into: rounded)
    let entry = try #require(parameters.entries.first { $0.name == "weight" })
    let values = parameters.view(of: entry, in: parameters.values)
    parameters.adopt(QuantizedMatrix(quantizing: values), for: entry)
    // The integers count from now on, whatever the floats are.
    [Float](repeating: 5, count: 50 * 70).withUnsafeBufferPointer {
      parameters.write($0, to: entry, in: parameters.values)
    }
    InferenceWeights(parameters, precision: .float32).linear(layer)(x, rows: 3, into: adopted)
    #expect(rounded.tensor(rows: 3).scalars == adopted.tensor(rows: 3).scalars)
  }

  @Test func integersStandForTheirNumbers() {
    let x = Tensor.uniform([4, 33], low: -2, high: 2, key: 1, stream: 0)
    let matrix = QuantizedMatrix(quantizing: x)
    var expanded = [Float](repeating: 0, count: 4 * 33)
    expanded.withUnsafeMutableBufferPointer { matrix.expand(into: $0) }
    for (index, value) in x.scalars.enumerated() {
      #expect(abs(expanded[index] - value) <= matrix.scales[index / 33] * 0.501)
    }
    // Rounding again changes nothing.
    let again = QuantizedMatrix(quantizing: Tensor(expanded, shape: [4, 33]))
    #expect(
      again.withIntegers { Array($0) } == matrix.withIntegers { Array($0) })
  }
}

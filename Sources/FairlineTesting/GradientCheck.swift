public import FairlineTensor

/// Compares the gradients of an operation with central differences.
///
/// The result of `body` is reduced to a number by fixed weights, so that every element of the
/// result counts differently.
///
/// - Parameters:
///   - inputs: the places where gradients are compared, each in turn.
///   - step: half the distance of the two evaluations.
///   - tolerance: the allowed error, relative to the largest gradient of the input.
///   - body: the operation, from watched inputs to a result of any shape.
/// - Returns: nil when all agree, otherwise what is wrong.
public func gradientMismatch(
  at inputs: [Tensor], step: Float = 1e-2, tolerance: Double = 1e-2,
  _ body: ([Tensor]) -> Tensor
) -> String? {
  let tape = Tape()
  let watched = inputs.map(tape.watch)
  let result = body(watched)
  let weights = Tensor(
    (0..<result.count).map { 0.5 + Float($0 * 7 % 11) / 10 }, shape: result.shape)
  guard result.isDifferentiable || result.count == 0 else { return "no gradient is recorded" }
  tape.goBack(from: result, seed: weights)
  func value(_ inputs: [Tensor]) -> Double {
    zip(body(inputs).scalars, weights.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
  for (number, input) in inputs.enumerated() {
    let exact =
      tape.gradient(of: watched[number])?.scalars ?? [Float](repeating: 0, count: input.count)
    var expected: [Float] = []
    for index in 0..<input.count {
      func moved(by distance: Float) -> Double {
        var scalars = input.scalars
        scalars[index] += distance
        var all = inputs
        all[number] = Tensor(scalars, shape: input.shape)
        return value(all)
      }
      expected.append(Float((moved(by: step) - moved(by: -step)) / Double(2 * step)))
    }
    let scale = max(expected.map { Double(abs($0)) }.max() ?? 0, 1)
    if let wrong = mismatch(exact, expected, absolute: tolerance * scale) {
      return "input \(number) of shape \(input.shape): \(wrong)"
    }
  }
  return nil
}

package import Fairline
package import FairlineTensor

/// Updates that another program made, to be made again.
package struct ReferenceUpdates {
  /// For each update the name of its `batch`, the gradient's norm `gnorm`, the rate `lr_used`.
  private let updates: [JSONValue]
  /// The parameters after the last one.
  private let parameters: TensorFile
  /// The norm that gradients are clipped to; 0 for none.
  private let clip: Double

  /// Takes golden values.
  package init(_ updates: [JSONValue], parameters: TensorFile, clip: Double) {
    (self.updates, self.parameters, self.clip) = (updates, parameters, clip)
  }

  /// Makes the updates, and says what differs: norms by more than 1e-4 of themselves, parameters by
  /// more than 2e-5.
  ///
  /// - Parameter goBack: computes the gradients of the batch of a name, and gives its tokens.
  package func differences(
    of observed: ParameterSet, _ optimizer: any Optimizer, goBack: (String) throws -> Int
  ) throws -> [String] {
    guard !updates.isEmpty else { return ["there are no updates"] }
    var differences: [String] = []
    for (number, update) in updates.enumerated() {
      observed.prepareGradients()
      let scale = try 1 / Double(goBack(update["batch"]?.stringValue ?? ""))
      let norm = observed.gradients.squaredNorm.squareRoot() * scale
      let expected = update["gnorm"]?.doubleValue ?? .nan
      if !(abs(norm - expected) < 1e-4 * expected) {
        differences.append("update \(number): norm \(norm), expected \(expected)")
      }
      let factor = clip > 0 ? min(1, clip / (norm + 1e-6)) : 1
      optimizer.update(
        rate: update["lr_used"]?.doubleValue ?? .nan, gradientScale: Float(scale * factor))
    }
    // The gradient of a key's bias is zero but for rounding, which Adam makes large.
    for entry in observed.entries where !entry.name.hasSuffix("k_proj.bias") {
      let values = observed.view(of: entry, in: observed.values).scalars
      if let wrong = mismatch(values, try parameters.floats(entry.name), absolute: 2e-5) {
        differences.append("\(entry.name): \(wrong)")
      }
    }
    return differences
  }
}

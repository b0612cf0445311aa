package import Fairline
package import FairlineTensor

/// Updates that another program made, to be made again.
package struct ReferenceUpdates {
  /// For each update the name of its `batch`, the gradient's norm `gnorm`, the rate `lr_used`.
  private let updates: [JSONValue]
  /// The parameters after the last one; nil where they are not known.
  private let parameters: (any TensorSource)?
  /// The norm that gradients are clipped to; 0 for none.
  private let clip: Double
  /// How far parameters may be apart whose gradients were tiny, which Adam makes steps of.
  private let toleranceOfTiny: Double

  /// Takes golden values.
  package init(
    _ updates: [JSONValue], parameters: (any TensorSource)?, clip: Double,
    toleranceOfTiny: Double = 2e-5
  ) {
    (self.updates, self.parameters, self.clip) = (updates, parameters, clip)
    self.toleranceOfTiny = toleranceOfTiny
  }

  /// Makes the updates, and says what differs: norms by more than 1e-4 of themselves, parameters by
  /// more than 2e-5.
  ///
  /// - Parameter goBack: computes the gradients of the batch of a name, and gives what they are
  ///   divided by.
  package func differences(
    of observed: ParameterSet, _ optimizer: any Optimizer, goBack: (String) throws -> Int
  ) throws -> [String] {
    guard !updates.isEmpty else { return ["there are no updates"] }
    var differences: [String] = []
    var smallest = [Float](repeating: .infinity, count: observed.values.count)
    for (number, update) in updates.enumerated() {
      observed.prepareGradients()
      let scale = try 1 / Double(goBack(update["batch"]?.stringValue ?? ""))
      let norm = observed.gradients.squaredNorm.squareRoot() * scale
      let expected = update["gnorm"]?.doubleValue ?? .nan
      if !(abs(norm - expected) < 1e-4 * expected) {
        differences.append("update \(number): norm \(norm), expected \(expected)")
      }
      let magnitudes = observed.gradients.scalars.map { abs($0) * Float(scale) }
      smallest = zip(smallest, magnitudes).map(min)
      let factor = clip > 0 ? min(1, clip / (norm + 1e-6)) : 1
      optimizer.update(
        rate: update["lr_used"]?.doubleValue ?? .nan, gradientScale: Float(scale * factor))
    }
    guard let parameters else { return differences }
    // The gradient of a key's bias is zero but for rounding, which Adam makes large.
    for entry in observed.entries where !entry.name.hasSuffix("k_proj.bias") {
      guard let name = observed.name(of: entry, in: parameters) else {
        differences.append("\(entry.name) is not there")
        continue
      }
      let values = observed.view(of: entry, in: observed.values).scalars
      for (place, pair) in zip(values, try parameters.floats(name)).enumerated() {
        let isTiny = smallest[entry.offset + place] < 1e-6
        if !(abs(Double(pair.0) - Double(pair.1)) <= (isTiny ? toleranceOfTiny : 2e-5)) {
          differences.append("\(entry.name) \(place): \(pair.0), expected \(pair.1)")
        }
      }
    }
    return differences
  }
}

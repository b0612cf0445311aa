package import Fairline
package import FairlineTensor

extension ParameterSet {
  /// What differs between the gradients and those of another program: more than 1e-4 of the
  /// greatest number of a tensor.
  package func gradientDifferences(from golden: any TensorSource) throws -> [String] {
    try entries.compactMap { entry in
      let observed = view(of: entry, in: gradients).scalars
      // The gradient of a key's bias is zero: what is there is rounding.
      if entry.name.hasSuffix("k_proj.bias") {
        return observed.allSatisfy { abs($0) < 1e-4 } ? nil : "\(entry.name) is not zero"
      }
      guard let name = name(of: entry, in: golden) else {
        // What takes no part has no gradient in the file.
        return observed.allSatisfy { $0 == 0 } ? nil : "\(entry.name) takes no part there"
      }
      let expected = try golden.floats(name)
      let largest = Double(expected.map { abs($0) }.max() ?? 0)
      return mismatch(observed, expected, absolute: max(1e-4 * largest, 1e-7))
        .map { "\(entry.name): \($0)" }
    }
  }

  /// The name of an entry in a file: its own, or another one of the same numbers; nil where the
  /// file has none.
  func name(of entry: Entry, in file: any TensorSource) -> String? {
    let others = aliases.filter { $0.value == entry.name }.keys.sorted()
    return ([entry.name] + others).first { file.shape(of: $0) != nil }
  }
}

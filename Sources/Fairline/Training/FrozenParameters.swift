package import FairlineTensor

/// Parameters that training leaves as they are, to the last bit, whatever the optimizer does.
///
/// No gradients are computed for them, where they stand alone in memory; none of theirs counts in
/// the gradient's norm; and after each step they are put back.
package struct FrozenParameters {
  private let parameters: ParameterSet
  private let frozen: [(entry: ParameterSet.Entry, values: [Float])]
  /// Those that stand in memory beside others of the same parameter, which are trained.
  private let parted: [ParameterSet.Entry]

  /// Freezes the parameters whose names fit one of some patterns; nil without patterns.
  ///
  /// A shared parameter is frozen by each of its names.
  ///
  /// - Parameter patterns: names in which `*` stands for any text.
  /// - Throws: `UserError` for a pattern that no name fits, and when nothing is left to train.
  package init?(_ patterns: [String], in parameters: ParameterSet) throws {
    guard !patterns.isEmpty else { return nil }
    let entries = parameters.entries
    var names: Set<String> = []
    for pattern in patterns {
      let wildcard = Wildcard(pattern)
      let found = entries.map(\.name).filter(wildcard.fits)
      let shared = parameters.aliases.filter { wildcard.fits($0.key) }.map(\.value)
      guard !found.isEmpty || !shared.isEmpty else {
        let all = (entries.map(\.name) + parameters.aliases.keys).sorted()
        let hint = Spelling.nearest(to: pattern, among: all).map { "; the nearest is '\($0)'" }
        throw UserError("--freeze: no parameter is called '\(pattern)'\(hint ?? "")")
      }
      names.formUnion(found + shared)
    }
    guard names.count < entries.count else {
      throw UserError("--freeze leaves no parameter to train: give patterns that fit fewer names")
    }
    self.parameters = parameters
    frozen = entries.filter { names.contains($0.name) }.map { entry in
      (entry, parameters.view(of: entry, in: parameters.values).scalars)
    }
    var alone: Set<String> = []
    for parameter in parameters.parameters {
      let parts = parameter.parts.isEmpty ? [parameter.name] : parameter.parts.map(\.name)
      guard parts.allSatisfy(names.contains) else { continue }
      parameter.isTrainable = false
      alone.formUnion(parts)
    }
    parted = frozen.map(\.entry).filter { !alone.contains($0.name) }
  }

  /// What is frozen, in a sentence.
  package var summary: String {
    let count = frozen.reduce(0) { $0 + $1.values.count }
    return "frozen: \(frozen.count) of \(parameters.entries.count) tensors, \(count) of "
      + "\(parameters.count) parameters"
  }

  /// Clears the gradients of frozen parts of parameters that are trained besides.
  func clearGradients() {
    for entry in parted {
      [Float](repeating: 0, count: entry.shape.count).withUnsafeBufferPointer {
        parameters.write($0, to: entry, in: parameters.gradients)
      }
    }
  }

  /// Puts back what an optimizer's step has changed.
  package func restore() {
    for (entry, values) in frozen {
      values.withUnsafeBufferPointer { parameters.write($0, to: entry, in: parameters.values) }
    }
  }
}

/// A text in which `*` stands for any text, the empty one included.
package struct Wildcard {
  private let parts: [[UInt8]]

  package init(_ pattern: String) {
    parts = pattern.utf8.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
      .map(Array.init)
  }

  /// Whether a name is of this form.
  package func fits(_ name: String) -> Bool {
    var rest = Array(name.utf8)[...]
    guard let first = parts.first, let last = parts.last, rest.starts(with: first) else {
      return false
    }
    guard parts.count > 1 else { return rest.count == first.count }
    rest = rest.dropFirst(first.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard
        let start = rest.indices.first(where: { rest[$0...].starts(with: part) })
      else { return false }
      rest = rest[(start + part.count)...]
    }
    return rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
  }
}

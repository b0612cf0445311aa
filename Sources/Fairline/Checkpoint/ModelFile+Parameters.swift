import Foundation
public import FairlineTensor

/// What becomes of matrices that a file holds as integers.
public enum RoundedWeights: Sendable {
  /// They become the numbers that the integers stand for.
  case expanded
  /// They stay in the file's memory, for a search that packs all weights.
  case kept
  /// They stay, and the parameters hold their numbers too.
  case both
}

extension ModelFile {
  /// Reads all parameters into a model of the same architecture.
  ///
  /// Names must agree, after ``Model/fileNames`` has been applied; a parameter is found under its
  /// other names too.
  ///
  /// - Parameter integers: what becomes of matrices that the file holds as integers.
  /// - Throws: `UserError` with the names that are missing or not used, or that of a parameter
  ///   that is not finite.
  public func fill(_ model: any Model, integers: RoundedWeights = .expanded) throws {
    try fill(model.parameters, names: model.fileNames, integers: integers)
  }

  /// Reads all parameters, under the names of a map.
  public func fill(
    _ parameters: ParameterSet, names: NameMap = NameMap(),
    integers: RoundedWeights = .expanded
  ) throws {
    let filling = ParameterFilling(
      parameters, source: try names.applied(to: self.parameters), what: "parameters")
    try filling.fill(parameters.values, integers: integers)
    try filling.checkSharedParameters()
  }

  /// Refuses a model whose parameters are not those of the file, before any is read.
  ///
  /// - Throws: `UserError` as ``fill(_:integers:)`` does.
  func check(_ model: any Model) throws {
    let filling = ParameterFilling(
      model.parameters, source: try model.fileNames.applied(to: parameters), what: "parameters")
    _ = try filling.places()
  }

  /// Reads the optimizer's state, which must have been saved with this model.
  ///
  /// - Parameter optimizer: one that was made as the saved one was.
  public func fill(
    _ optimizer: any Optimizer, of parameters: ParameterSet, names: NameMap = NameMap()
  ) throws {
    for part in optimizer.state {
      let prefix = "\(CheckpointHeader.optimizerPrefix)\(part.name)/"
      let source: any TensorSource
      if let checkpoint {
        source = CheckpointTensors(of: checkpoint, under: prefix)
      } else if let state = imported?.training?.state[part.name] {
        source = state
      } else {
        throw lacksState(part.name)
      }
      guard !source.names.isEmpty else { throw lacksState(part.name) }
      let filling = ParameterFilling(
        parameters, source: try names.applied(to: source), what: "optimizer state")
      try filling.fill(part.values, remedy: Self.beginAnew)
    }
    for part in optimizer.ownState {
      guard let checkpoint, checkpoint[CheckpointHeader.optimizerPrefix + part.name] != nil else {
        throw lacksState(part.name)
      }
      let source = CheckpointTensors(of: checkpoint, under: CheckpointHeader.optimizerPrefix)
      let filling = ParameterFilling(parameters, source: source, what: "optimizer state")
      try filling.read(part.name, into: part.values, remedy: Self.beginAnew)
    }
  }

  private static let beginAnew = "continue with --reset-optimizer, or use an earlier checkpoint"

  private func lacksState(_ name: String) -> UserError {
    UserError(
      "\(path) has no optimizer state '\(name)': continue with --reset-optimizer, or from a file "
        + "written without --no-save-optimizer-state")
  }
}

/// The tensors of a source on their way into a model's memory.
private struct ParameterFilling {
  private let parameters: ParameterSet
  private let source: any TensorSource
  private let what: String

  init(_ parameters: ParameterSet, source: any TensorSource, what: String) {
    self.parameters = parameters
    self.source = source
    self.what = what
  }

  /// Where each entry stands in the source, which has the same shapes, lacks none and has no more.
  func places() throws -> [(entry: ParameterSet.Entry, name: String)] {
    var unused = Set(source.names)
    var missing: [String] = []
    var places: [(entry: ParameterSet.Entry, name: String)] = []
    for entry in parameters.entries {
      let names = [entry.name] + parameters.otherNames(of: entry.name)
      guard let name = names.first(where: unused.contains) else {
        missing.append(entry.name)
        continue
      }
      try checkShape(source.shape(of: name), of: name, entry.shape)
      places.append((entry, name))
      unused.subtract(names)
    }
    guard missing.isEmpty, unused.isEmpty else { throw mismatch(missing, unused.sorted()) }
    return places
  }

  /// Reads every entry.
  ///
  /// - Parameters:
  ///   - flat: the parameters themselves, or a part of an optimizer's state.
  ///   - remedy: what helps where a number is not finite.
  func fill(
    _ flat: Tensor, integers: RoundedWeights = .expanded,
    remedy: String = "use an earlier checkpoint"
  ) throws {
    for (entry, name) in try places() {
      let view = parameters.view(of: entry, in: flat)
      guard let matrix = try source.matrix(name) else {
        try read(name, into: view, remedy: remedy)
        continue
      }
      if integers != .expanded { parameters.adopt(matrix, for: entry) }
      if integers != .kept {
        view.withScalars { matrix.expand(into: UnsafeMutableBufferPointer(mutating: $0)) }
      }
    }
  }

  /// Reads one tensor into memory that this thread alone writes.
  func read(_ name: String, into view: Tensor, remedy: String) throws {
    try checkShape(source.shape(of: name), of: name, view.shape)
    try view.withScalars {
      try source.read(name, into: UnsafeMutableBufferPointer(mutating: $0))
    }
    guard view.isFinite else {
      throw UserError(
        "\(source.path): \(what == "parameters" ? "parameter" : what) '\(name)' is not finite "
          + "(NaN or infinity in it): \(remedy)")
    }
  }

  private func checkShape(_ found: [Int]?, of name: String, _ expected: Shape) throws {
    guard found != expected.dimensions else { return }
    let shape = found.map { "the shape \($0)" } ?? "a shape that cannot be cut into equal parts"
    throw UserError(
      "\(source.path): '\(name)' has \(shape), and this model needs \(expected): "
        + "use the settings and dictionaries it was trained with")
  }

  private func mismatch(_ missing: [String], _ unused: [String]) -> UserError {
    func list(_ names: [String]) -> String {
      let more = names.count > 4 ? ", and \(names.count - 4) more" : ""
      return names.prefix(4).joined(separator: ", ") + more
    }
    var parts: [String] = []
    if !missing.isEmpty { parts.append("missing: \(list(missing))") }
    if !unused.isEmpty { parts.append("not in the model: \(list(unused))") }
    return UserError(
      "\(source.path) does not hold this model's \(what) (\(parts.joined(separator: "; "))): "
        + "use the architecture and settings it was trained with")
  }

  /// A file may hold a shared parameter under each of its names, but not with different numbers.
  func checkSharedParameters() throws {
    for (alias, name) in parameters.aliases.sorted(by: { $0.key < $1.key }) {
      guard let first = source.shape(of: name), let second = source.shape(of: alias) else {
        continue
      }
      let same = try first == second && haveSameBits(source.floats(name), source.floats(alias))
      guard same else {
        throw UserError(
          "\(source.path) has different numbers for '\(name)' and '\(alias)', which this model "
            + "shares: build it without the sharing flag")
      }
    }
  }

  private func haveSameBits(_ left: [Float], _ right: [Float]) -> Bool {
    left.withUnsafeBytes { left in
      right.withUnsafeBytes { right in
        guard let a = left.baseAddress, let b = right.baseAddress else { return true }
        return left.count == right.count && memcmp(a, b, left.count) == 0
      }
    }
  }
}

extension ParameterSet {
  /// The other names in checkpoints of a parameter.
  fileprivate func otherNames(of name: String) -> [String] {
    aliases.filter { $0.value == name }.keys.sorted()
  }
}

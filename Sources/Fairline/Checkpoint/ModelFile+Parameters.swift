#if canImport(Glibc)
import Glibc
#endif
public import FairlineTensor

extension ModelFile {
  /// Reads all parameters into a model of the same architecture.
  ///
  /// Names must agree exactly, except that markers of fairseq's files are left out, fused and renamed tensors of old files are
  /// taken apart, and a parameter is found under its other names too.
  ///
  /// - Throws: `UserError` with the names that are missing or not used.
  public func fill(_ parameters: ParameterSet) throws {
    try fill(parameters, adoptsIntegers: false)
  }

  /// Reads all parameters; integers stay integers when asked for, and are expanded otherwise.
  func fill(_ parameters: ParameterSet, adoptsIntegers: Bool) throws {
    try fill(
      parameters, parameters.values, prefix: "", sources: sources(),
      adoptsIntegers: adoptsIntegers)
    try checkSharedParameters(parameters)
  }

  /// Reads the optimizer's state, which must have been saved with this model.
  ///
  /// - Parameter optimizer: one that was made as the saved one was.
  public func fill(_ optimizer: any Optimizer, of parameters: ParameterSet) throws {
    for part in optimizer.state {
      let prefix = "\(CheckpointHeader.optimizerPrefix)\(part.name)/"
      var sources: [String: ParameterNames.Source] = [:]
      for name in tensors.names where name.hasPrefix(prefix) {
        sources[String(name.dropFirst(prefix.count))] = ParameterNames.Source(tensor: name)
      }
      guard !sources.isEmpty else { throw lacksState(part.name) }
      try fill(parameters, part.values, prefix: prefix, sources: sources)
    }
    for part in optimizer.ownState {
      let name = CheckpointHeader.optimizerPrefix + part.name
      guard tensors[name] != nil else { throw lacksState(part.name) }
      try read(ParameterNames.Source(tensor: name), into: part.values)
    }
  }

  private func lacksState(_ name: String) -> UserError {
    UserError(
      "\(path) has no optimizer state '\(name)': continue with --reset-optimizer, or from a file written without --no-save-optimizer-state"
    )
  }

  /// Where each parameter is, by its name of today.
  private func sources() -> [String: ParameterNames.Source] {
    var sources: [String: ParameterNames.Source] = [:]
    for tensor in tensors.names where isParameter(tensor) {
      for (name, source) in ParameterNames.parameters(in: tensor) { sources[name] = source }
    }
    return sources
  }

  private func isParameter(_ tensor: String) -> Bool {
    !tensor.hasPrefix(CheckpointHeader.assetPrefix)
      && !tensor.hasPrefix(CheckpointHeader.optimizerPrefix)
      && !ParameterNames.isIgnorable(tensor) && !QuantizedFile.isScale(tensor, in: tensors)
  }

  private func fill(
    _ parameters: ParameterSet, _ flat: Tensor, prefix: String,
    sources: [String: ParameterNames.Source], adoptsIntegers: Bool = false
  ) throws {
    var unused = sources
    var missing: [String] = []
    for entry in parameters.entries {
      let names = [entry.name] + parameters.otherNames(of: entry.name)
      guard let source = names.lazy.compactMap({ sources[$0] }).first else {
        missing.append(entry.name)
        continue
      }
      if let matrix = try QuantizedFile.matrix(source.tensor, of: tensors) {
        try take(matrix, as: entry, of: parameters, in: flat, adoptsIntegers)
      } else {
        try read(source, into: parameters.view(of: entry, in: flat))
      }
      for name in names { unused[name] = nil }
    }
    guard missing.isEmpty, unused.isEmpty else {
      throw mismatch(missing, unused.keys.sorted(), prefix)
    }
  }

  private func mismatch(_ missing: [String], _ unused: [String], _ prefix: String) -> UserError {
    func list(_ names: [String]) -> String {
      let more = names.count > 4 ? ", and \(names.count - 4) more" : ""
      return names.prefix(4).joined(separator: ", ") + more
    }
    var parts: [String] = []
    if !missing.isEmpty { parts.append("missing: \(list(missing))") }
    if !unused.isEmpty { parts.append("not in the model: \(list(unused))") }
    let what = prefix.isEmpty ? "parameters" : "optimizer state"
    return UserError(
      "\(path) does not hold this model's \(what) (\(parts.joined(separator: "; "))): use the architecture and settings it was trained with"
    )
  }

  /// Takes over integers, or the numbers they stand for.
  private func take(
    _ matrix: QuantizedMatrix, as entry: ParameterSet.Entry, of parameters: ParameterSet,
    in flat: Tensor, _ adopts: Bool
  ) throws {
    guard entry.shape.dimensions == [matrix.rows, matrix.columns] else {
      throw UserError(
        "\(path): '\(entry.name)' has the shape \([matrix.rows, matrix.columns]), and this model needs \(entry.shape): use the settings and dictionaries it was trained with"
      )
    }
    if adopts { return parameters.adopt(matrix, for: entry) }
    parameters.view(of: entry, in: flat).withScalars {
      matrix.expand(into: UnsafeMutableBufferPointer(mutating: $0))
    }
  }

  /// Reads one tensor, or a block of its rows, into memory that this thread alone writes.
  private func read(_ source: ParameterNames.Source, into view: Tensor) throws {
    let entry = try tensors.entry(source.tensor)
    let blocks = source.block?.count ?? 1
    let expected = [view.shape[0] * blocks] + view.shape.dimensions.dropFirst()
    guard entry.shape == expected else {
      throw UserError(
        "\(path): '\(source.tensor)' has the shape \(entry.shape), and this model needs \(expected): use the settings and dictionaries it was trained with"
      )
    }
    try view.withScalars { scalars in
      let output = UnsafeMutableBufferPointer(mutating: scalars)
      guard let block = source.block else { return try tensors.read(source.tensor, into: output) }
      let all = try tensors.floats(source.tensor)
      _ = output.update(from: all[(block.index * view.count)..<((block.index + 1) * view.count)])
    }
  }

  /// A file may hold a shared parameter under each of its names, but not with different numbers.
  private func checkSharedParameters(_ parameters: ParameterSet) throws {
    for (alias, name) in parameters.aliases.sorted(by: { $0.key < $1.key }) {
      guard let first = tensors[name], let second = tensors[alias] else { continue }
      let same =
        try first.shape == second.shape && first.element == second.element
        && tensors.withBytes(of: name) { left in
          try tensors.withBytes(of: alias) { right in
            guard let a = left.baseAddress, let b = right.baseAddress else { return true }
            return memcmp(a, b, left.count) == 0
          }
        }
      guard same else {
        throw UserError(
          "\(path) has different numbers for '\(name)' and '\(alias)', which this model shares: build it without the sharing flag"
        )
      }
    }
  }
}

extension ParameterSet {
  /// The other names in checkpoints of a parameter.
  func otherNames(of name: String) -> [String] {
    aliases.filter { $0.value == name }.keys.sorted()
  }
}

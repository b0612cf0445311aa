import Fairline

/// The tensors of a model that lies in several files beside each other, which an index names:
/// `model.safetensors.index.json`, `pytorch_model.bin.index.json`.
struct ShardedTensors: TensorSource {
  let path: String
  let names: [String]
  private let parts: [any TensorSource]
  private let places: [String: Int]

  /// Reads an index and opens the files.
  ///
  /// - Parameter open: opens the file at a path.
  /// - Throws: `UserError` when a file is missing, lies elsewhere, or does not hold what the index
  ///   says.
  init(
    _ candidate: ImportCandidate, index name: String,
    open: (String) throws -> any TensorSource
  ) throws {
    path = candidate.file(name) ?? name
    guard case .object(let map)? = try candidate.object(in: name)?["weight_map"] else {
      throw UserError("\(path) has no 'weight_map' with the files of tensors: use another copy")
    }
    var files: [String: Int] = [:]
    var parts: [any TensorSource] = []
    var (names, places): ([String], [String: Int]) = ([], [:])
    for (tensor, value) in map {
      let file = value.stringValue ?? ""
      guard !file.isEmpty, !file.contains("/"), file != "..", let whole = candidate.file(file)
      else {
        throw UserError(
          "\(path) says that '\(tensor)' is in '\(file)', which does not lie beside it: put all "
            + "files of the model there")
      }
      if files[file] == nil {
        files[file] = parts.count
        let part = try open(whole)
        for other in part.names {
          guard places.updateValue(parts.count, forKey: other) == nil else {
            throw UserError("\(whole) holds '\(other)', as another file does: use another copy")
          }
          names.append(other)
        }
        parts.append(part)
      }
      guard let place = files[file], places[tensor] == place else {
        throw UserError("\(whole) has no tensor '\(tensor)', which \(path) names: use another copy")
      }
    }
    (self.names, self.parts, self.places) = (names, parts, places)
  }

  private func part(of name: String) -> (any TensorSource)? { places[name].map { parts[$0] } }

  func shape(of name: String) -> [Int]? { part(of: name)?.shape(of: name) }

  func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    guard let part = part(of: name) else { throw UserError("\(path) has no tensor '\(name)'") }
    try part.read(name, into: output)
  }
}

import FairlineTensor

/// How names of tensors in files become names of a model's parameters.
///
/// A value that an architecture brings (``Model/fileNames``), or an importer: rules for tensors
/// that have another name, that are taken apart, or that are no parameters. The first rule that
/// fits a name counts; a name without a rule stays.
///
/// ```swift
/// let names: NameMap = [
///   .rename("encoder.layers.*.norm.*", to: "encoder.layers.*.layer_norm.*"),
///   .split("**.qkv.weight", into: ["**.q.weight", "**.k.weight", "**.v.weight"]),
///   .ignore("**.version"),
/// ]
/// ```
public struct NameMap: Sendable, ExpressibleByArrayLiteral {
  /// What becomes of the tensors whose names fit a pattern.
  ///
  /// In a pattern `*` stands for one part of a name between dots, `**` for one part or more; in
  /// a new name they stand for the same text.
  public struct Rule: Sendable {
    let pattern: NamePattern
    let results: [NamePattern]

    private init(_ pattern: String, _ results: [String]) {
      self.pattern = NamePattern(pattern)
      self.results = results.map(NamePattern.init)
      precondition(
        self.results.allSatisfy { $0.wildcards == self.pattern.wildcards },
        "a new name for '\(pattern)' has as many wildcards")
    }

    /// The tensor is the parameter of another name.
    public static func rename(_ pattern: String, to name: String) -> Rule {
      Rule(pattern, [name])
    }

    /// The tensor holds several parameters of equal size, one after another along its first axis.
    public static func split(_ pattern: String, into names: [String]) -> Rule {
      Rule(pattern, names)
    }

    /// The tensor is a marker or a computed table, not a parameter.
    public static func ignore(_ pattern: String) -> Rule { Rule(pattern, []) }
  }

  private let rules: [Rule]

  /// Makes a map; without rules names stay as they are.
  public init(_ rules: [Rule] = []) { self.rules = rules }

  /// Makes a map.
  public init(arrayLiteral rules: Rule...) { self.rules = rules }

  /// A map with further rules behind its own.
  public func adding(_ other: NameMap) -> NameMap { NameMap(rules + other.rules) }

  /// The parameters in a tensor, in the order of its blocks; none when it is ignored.
  public func parameters(in tensor: String) -> [String] {
    guard !rules.isEmpty else { return [tensor] }
    let name = Array(tensor.utf8)
    for rule in rules {
      if let texts = rule.pattern.match(name) {
        return rule.results.map { $0.filled(with: texts) }
      }
    }
    return [tensor]
  }

  /// Tensors under the names of parameters.
  ///
  /// - Throws: `UserError` when two tensors hold the same parameter.
  public func applied(to tensors: any TensorSource) throws -> any TensorSource {
    rules.isEmpty ? tensors : try RenamedTensors(tensors, self)
  }
}

/// The tensors of another source under the names that a map gives them.
private struct RenamedTensors: TensorSource {
  /// Where a parameter is.
  private struct Place {
    let tensor: String
    /// Which of several equal blocks of rows it is.
    let block: Int
    let blocks: Int
  }

  let path: String
  let names: [String]
  private let source: any TensorSource
  private let places: [String: Place]

  init(_ source: any TensorSource, _ map: NameMap) throws {
    var places: [String: Place] = [:]
    var names: [String] = []
    for tensor in source.names {
      let found = map.parameters(in: tensor)
      for (block, name) in found.enumerated() {
        if let other = places[name] {
          throw UserError(
            "\(source.path) holds '\(name)' twice, in '\(other.tensor)' and '\(tensor)': "
              + "remove one of them")
        }
        places[name] = Place(tensor: tensor, block: block, blocks: found.count)
        names.append(name)
      }
    }
    (path, self.names, self.source, self.places) = (source.path, names, source, places)
  }

  func shape(of name: String) -> [Int]? {
    guard let place = places[name], var shape = source.shape(of: place.tensor) else { return nil }
    guard place.blocks > 1 else { return shape }
    guard let rows = shape.first, rows % place.blocks == 0 else { return nil }
    shape[0] = rows / place.blocks
    return shape
  }

  func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    let place = try place(of: name)
    guard place.blocks > 1 else { return try source.read(place.tensor, into: output) }
    let all = try source.floats(place.tensor)
    guard all.count == place.blocks * output.count else {
      throw UserError(
        "\(path): tensor '\(place.tensor)' cannot be cut into \(place.blocks) parameters of "
          + "\(output.count) numbers")
    }
    let first = place.block * output.count
    _ = output.update(from: all[first..<(first + output.count)])
  }

  func matrix(_ name: String) throws -> QuantizedMatrix? {
    let place = try place(of: name)
    guard place.blocks > 1 else { return try source.matrix(place.tensor) }
    guard try source.matrix(place.tensor) == nil else {
      throw UserError(
        "\(path): tensor '\(place.tensor)' holds integers and cannot be taken apart: "
          + "use a file in floating point")
    }
    return nil
  }

  private func place(of name: String) throws -> Place {
    guard let place = places[name] else { throw UserError("\(path) has no tensor '\(name)'") }
    return place
  }
}

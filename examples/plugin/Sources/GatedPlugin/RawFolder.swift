import Fairline

/// Opens folders of raw tensors.
///
/// `index.json` says what the model is: `{"format": "raw-tensors", "architecture": "...",
/// "settings": {...}, "sourceSymbols": 9, "targetSymbols": 9, "tensors": {"NAME": [2, 3]}}`. The
/// numbers of tensor `NAME` stand in `NAME.bin`, 32 bit floats in row-major order, the least
/// significant byte first. Dictionaries are `dict.src.txt` and `dict.tgt.txt`.
public struct RawFolder: Importer {
  /// Makes the importer.
  public init() {}

  /// Whether the folder has an index that says so.
  public func recognizes(_ candidate: ImportCandidate) -> Bool {
    guard candidate.isFolder, let index = try? candidate.object(in: "index.json") else {
      return false
    }
    return index["format"] == "raw-tensors"
  }

  /// Reads the index; tensors are read when they are asked for.
  public func open(_ candidate: ImportCandidate) throws -> ImportedModel {
    guard let index = try candidate.object(in: "index.json"),
      let architecture = index["architecture"]?.stringValue,
      let source = index["sourceSymbols"]?.integerValue,
      let target = index["targetSymbols"]?.integerValue,
      case .object(let tensors)? = index["tensors"]
    else {
      throw UserError(
        "\(candidate.path)/index.json lacks 'architecture', 'sourceSymbols', 'targetSymbols' or "
          + "'tensors': write the folder again")
    }
    var assets: [String: [UInt8]] = [:]
    assets["dict.src"] = try candidate.contents(of: "dict.src.txt")
    assets["dict.tgt"] = try candidate.contents(of: "dict.tgt.txt")
    let header = CheckpointHeader(
      architecture: ComponentRecord(name: architecture, settings: index["settings"] ?? [:]),
      task: ComponentRecord(name: "translation"),
      description: TaskDescription(
        sourceSymbols: source, targetSymbols: target, sharesVocabulary: false))
    return ImportedModel(
      header: header, assets: assets, tensors: try RawTensors(candidate, tensors))
  }
}

/// The tensors of such a folder.
private struct RawTensors: TensorSource {
  let names: [String]
  private let candidate: ImportCandidate
  private var shapes: [String: [Int]] = [:]
  var path: String { candidate.path }

  init(_ candidate: ImportCandidate, _ index: JSONObject) throws {
    for (name, shape) in index {
      // A name from a file must not lead out of the folder.
      guard !name.contains("/") else {
        throw UserError("\(candidate.path)/index.json names '\(name)': names have no slashes")
      }
      shapes[name] = (shape.arrayValue ?? []).compactMap(\.integerValue)
    }
    names = index.keys
    self.candidate = candidate
  }

  func shape(of name: String) -> [Int]? { shapes[name] }

  func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    guard let bytes = try candidate.contents(of: name + ".bin"), bytes.count == 4 * output.count
    else { throw UserError("\(path)/\(name).bin is not there or not as long as its shape says") }
    bytes.withUnsafeBytes { bytes in
      for place in output.indices {
        let word = bytes.loadUnaligned(fromByteOffset: 4 * place, as: UInt32.self)
        output[place] = Float(bitPattern: UInt32(littleEndian: word))
      }
    }
  }
}

import Fairline
import FairlineFoundation

/// The tensors of a native model of Marian, from an `.npz` or a binary file.
///
/// Weights have the order `[input, output]`. The file is mapped; rounded tensors are read as the
/// numbers that they stand for.
package final class MarianTensors: TurnedTensors {
  /// A tensor as it is stored.
  struct Entry: Sendable {
    let shape: [Int]
    let element: MarianElement
    let place: Place
    /// Which of the place's bytes are numbers.
    let numbers: Range<Int>
    /// What the place's bytes sum up to; nil where nobody says.
    let checksum: UInt32?

    var count: Int { shape.reduce(1, *) }
  }

  /// Where bytes lie.
  enum Place: Sendable {
    case file(Range<Int>)
    case memory([UInt8])

    func withBytes<Result>(
      of file: MappedFile, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
      switch self {
      case .file(let range):
        try file.withBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
      case .memory(let bytes): try bytes.withUnsafeBytes(body)
      }
    }
  }

  /// The tensor that holds the settings of the model.
  static let settingsName = "special:model.yml"
  /// What the names of static scales of activations end with, which are of no use here.
  static let scaleSuffix = "_QuantMultA"

  package let path: String
  package let names: [String]
  /// Whether some matrices are integers.
  let isRounded: Bool
  private let file: MappedFile
  private let entries: [String: Entry]

  /// Whether a file begins as one of the two forms does.
  static func begins(_ bytes: [UInt8]) -> Bool {
    NumpyArchive.begins(bytes) || MarianBinary.begins(bytes)
  }

  /// Whether a file holds a model's settings where Marian puts them.
  static func isModel(_ path: String) -> Bool {
    (try? MarianTensors(path: path))?.entries[settingsName] != nil
  }

  /// Reads the names and shapes of all tensors.
  ///
  /// - Throws: `UserError` naming the file and what is wrong with it.
  package init(path: String) throws {
    self.path = path
    file = try MappedFile(path)
    do {
      let isArchive = NumpyArchive.begins(Array(file.bytes.prefix(4)))
      entries = isArchive ? try NumpyArchive(file).tensors : try MarianBinary(file).tensors
    } catch let error as ZipError {
      throw UserError(
        "\(path) is no model of Marian that can be read: \(error); use another copy")
    }
    names = entries.keys.filter { $0 != Self.settingsName }.sorted()
    isRounded = entries.values.contains { $0.element.isRounded }
  }

  /// The settings of the model, which are text in YAML.
  ///
  /// - Throws: `UserError` when there are none.
  package func settings() throws -> [UInt8] {
    guard let entry = entries[Self.settingsName], entry.element == .int8 else {
      throw UserError(
        "\(path) does not hold '\(Self.settingsName)': it is no model of Marian, or one from "
          + "before version 1.0")
    }
    return try withNumbers(Self.settingsName, entry) { Array($0.prefix { $0 != 0 }) }
  }

  package func shape(of name: String) -> [Int]? { entries[name]?.shape }

  package func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    guard let entry = entries[name], entry.count == output.count else {
      throw UserError("\(path) has no tensor '\(name)' of \(output.count) numbers")
    }
    try withNumbers(name, entry) { bytes in
      switch entry.element {
      case .float32: UnsafeMutableRawBufferPointer(output).copyMemory(from: bytes)
      case .float16:
        for index in output.indices {
          output[index] = TorchElement.float16.value(bytes, at: index, isBig: false)
        }
      case .int8:
        for index in output.indices { output[index] = Float(Int8(bitPattern: bytes[index])) }
      case .rounded(let size, let tile):
        let (rows, columns) = (entry.shape.dropLast().reduce(1, *), entry.shape.last ?? 1)
        // Tables are not turned around.
        let isTable = Self.isTable(name)
        let matrix = try rounded(
          name, bytes, outputs: isTable ? rows : columns, inputs: isTable ? columns : rows,
          size: size, tile: tile)
        if isTable { return matrix.expand(into: output) }
        for row in 0..<columns {
          for column in 0..<rows {
            output[column * columns + row] = Float(matrix.integer(row, column)) / matrix.factor
          }
        }
      }
    }
  }

  func readStoredTurned(
    _ name: String, into output: UnsafeMutableBufferPointer<Float>
  ) throws -> Bool {
    guard let entry = entries[name], entry.shape.count == 2, entry.count == output.count,
      case .rounded(let size, let tile) = entry.element, !Self.isTable(name)
    else { return false }
    try withNumbers(name, entry) {
      try rounded(
        name, $0, outputs: entry.shape[1], inputs: entry.shape[0], size: size, tile: tile
      ).expand(into: output)
    }
    return true
  }

  /// Whether a tensor is a table of embeddings.
  private static func isTable(_ name: String) -> Bool { name.contains("Wemb") }

  private func rounded(
    _ name: String, _ bytes: UnsafeRawBufferPointer, outputs: Int, inputs: Int, size: Int,
    tile: Int?
  ) throws -> RoundedMatrix {
    do {
      return try RoundedMatrix(bytes, outputs: outputs, inputs: inputs, size: size, tile: tile)
    } catch let error as ZipError {
      throw UserError("\(path): '\(name)' \(error); use another copy")
    }
  }

  /// Calls the body with the bytes of a tensor's numbers, whose checksum is compared.
  private func withNumbers<Result>(
    _ name: String, _ entry: Entry, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try entry.place.withBytes(of: file) { bytes in
      if let checksum = entry.checksum, Deflate.checksum(of: bytes) != checksum {
        throw UserError("\(path): '\(name)' is damaged: use another copy of the file")
      }
      return try body(UnsafeRawBufferPointer(rebasing: bytes[entry.numbers]))
    }
  }
}

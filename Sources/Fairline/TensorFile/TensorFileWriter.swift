/// A tensor that is to be written: its name, type and shape.
public struct TensorDeclaration: Equatable, Sendable {
  /// The name, unique in the file.
  public var name: String
  /// The type of the elements as stored.
  public var element: TensorElement
  /// The length of each axis.
  public var shape: [Int]

  /// A tensor of 32 bit floats unless another type is given.
  public init(_ name: String, _ shape: [Int], _ element: TensorElement = .float32) {
    self.name = name
    self.shape = shape
    self.element = element
  }
}

/// Writes a safetensors file tensor by tensor.
///
/// Declare all tensors, write each once in any order, then call ``finish(compressionLevel:)``: only
/// then the file appears under its name, complete and synced. The header begins at byte 8 and ends
/// at a multiple of 8; checksums of the header and of each tensor are among the metadata. A name
/// that ends in `.zst` is compressed (Zstandard, with a checksum of the frame).
public final class TensorFileWriter {
  private let path: String
  private let file: FileWriter
  private var header: TensorFileHeader
  private let dataStart: Int

  /// Begins a file; throws `FileError`.
  ///
  /// - Parameters:
  ///   - path: the file's name.
  ///   - tensors: what will be written; no name twice, none called `__metadata__`.
  ///   - metadata: texts for the header; keys that begin with `fairline.` are reserved.
  public init(
    path: String, tensors: [TensorDeclaration], metadata: [String: String] = [:]
  ) throws {
    self.path = path
    let entries = try Self.layOut(tensors, path)
    guard !metadata.keys.contains(where: { $0.hasPrefix("fairline.") }) else {
      throw FileError.unwritable(
        path: path, reason: "metadata keys 'fairline.…' are reserved")
    }
    header = TensorFileHeader(entries: entries, metadata: metadata)
    let length = header.text().utf8.count
    guard length <= TensorFileHeader.limit - 8 else {
      throw FileError.unwritable(path: path, reason: "its metadata exceed 100 MB")
    }
    dataStart = 8 + (length + 7) / 8 * 8
    file = try FileWriter(path)
  }

  /// Types with longer elements come first, so that all are aligned.
  private static func layOut(
    _ tensors: [TensorDeclaration], _ path: String
  ) throws -> [TensorEntry] {
    var names: Set<String> = ["__metadata__"]
    var position = 0
    var entries: [TensorEntry] = []
    for size in [8, 4, 2, 1] {
      for tensor in tensors where tensor.element.size == size {
        precondition(tensor.shape.allSatisfy { $0 >= 0 }, "a shape has no negative lengths")
        guard names.insert(tensor.name).inserted else {
          throw FileError.unwritable(
            path: path, reason: "the tensor name '\(tensor.name)' is reserved or taken")
        }
        let end = position + tensor.shape.reduce(size, *)
        entries.append(
          TensorEntry(
            name: tensor.name, element: tensor.element, shape: tensor.shape, range: position..<end))
        position = end
      }
    }
    return entries
  }

  /// Writes a tensor's bytes, in row-major order and little-endian.
  public func write(_ name: String, _ bytes: UnsafeRawBufferPointer) throws {
    guard let position = header.positions[name] else {
      preconditionFailure("tensor '\(name)' was not declared")
    }
    let range = header.entries[position].range
    precondition(bytes.count == range.count, "tensor '\(name)' has a size that was not declared")
    try file.write(bytes, at: dataStart + range.lowerBound)
    header.checksums[name] = XXH64.text(XXH64.hash(bytes))
  }

  /// Writes a tensor that was declared with 32 bit floats.
  public func write(_ name: String, _ floats: UnsafeBufferPointer<Float>) throws {
    try write(name, UnsafeRawBufferPointer(floats))
  }

  /// Writes a tensor that was declared with 32 bit floats.
  public func write(_ name: String, _ floats: [Float]) throws {
    try floats.withUnsafeBytes { try write(name, $0) }
  }

  /// Completes the file; throws `FileError`.
  ///
  /// - Parameter compressionLevel: Zstandard's level, for names that end in `.zst`.
  public func finish(compressionLevel: Int = 3) throws {
    let unwritten = header.entries.first { header.checksums[$0.name] == nil }
    precondition(unwritten == nil, "tensor '\(unwritten?.name ?? "")' was not written")
    var text = header.text()
    text += String(repeating: " ", count: dataStart - 8 - text.utf8.count)
    try text.withUTF8 { try file.write(UnsafeRawBufferPointer($0), at: 8) }
    let length = UInt64(dataStart - 8).littleEndian
    try withUnsafeBytes(of: length) { try file.write($0, at: 0) }
    guard path.hasSuffix(".zst") else { return try file.finish(syncs: true) }
    let compressed = try FileWriter(path)
    try file.withContents { contents in
      try Zstandard.compress(contents, to: compressed, level: compressionLevel)
    }
    try compressed.finish(syncs: true)
  }
}

extension TensorFile {
  /// Writes a whole file of 32 bit floats at once.
  public static func write(
    _ tensors: [(name: String, shape: [Int], values: [Float])], metadata: [String: String] = [:],
    to path: String
  ) throws {
    let writer = try TensorFileWriter(
      path: path, tensors: tensors.map { TensorDeclaration($0.name, $0.shape) },
      metadata: metadata)
    for tensor in tensors { try writer.write(tensor.name, tensor.values) }
    try writer.finish()
  }
}

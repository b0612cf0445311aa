/// A safetensors file, open for reading.
///
/// The file is mapped, so that opening costs little and a tensor is read when asked for. Every
/// claim of the header is checked before use; a damaged file is an error, never a crash. Files
/// that Fairline wrote carry a checksum of the header and of each tensor. A name that ends in
/// `.zst` is decompressed (Zstandard) into memory.
public final class TensorFile: Sendable {
  /// Where the file lies.
  public let path: String
  /// The tensors in the order of the header.
  public let entries: [TensorEntry]
  /// The texts under `__metadata__`, without Fairline's own checksums.
  public let metadata: [String: String]
  private let checksums: [String: String]
  private let positions: [String: Int]
  private let file: MappedFile
  private let dataStart: Int

  /// Opens a file; throws ``TensorFileError``.
  public init(path: String) throws {
    file = try path.hasSuffix(".zst") ? Zstandard.decompress(path) : MappedFile(path)
    let header: TensorFileHeader
    do {
      (header, dataStart) = try file.withBytes(Self.header)
    } catch let error as JSONError {
      throw TensorFileError.malformed(path: path, reason: error.description)
    }
    entries = header.entries
    metadata = header.metadata
    checksums = header.checksums
    positions = header.positions
    self.path = path
  }

  /// The header, and where it ends.
  private static func header(
    _ bytes: UnsafeRawBufferPointer
  ) throws -> (TensorFileHeader, end: Int) {
    guard bytes.count >= 8 else { throw JSONError("the file has only \(bytes.count) bytes") }
    let claimed = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard claimed <= UInt64(TensorFileHeader.limit), 8 + Int(claimed) <= bytes.count else {
      throw JSONError("the header claims \(claimed) bytes")
    }
    let end = 8 + Int(claimed)
    let text = UnsafeRawBufferPointer(rebasing: bytes[8..<end])
    return (try TensorFileHeader(text, dataSize: bytes.count - end), end)
  }

  /// The names of all tensors in the order of the header.
  public var names: [String] { entries.map(\.name) }

  /// The description of a tensor, or nil when there is none of this name.
  public subscript(name: String) -> TensorEntry? { positions[name].map { entries[$0] } }

  /// The description of a tensor; throws ``TensorFileError/missing(path:tensor:nearest:)``.
  public func entry(_ name: String) throws -> TensorEntry {
    guard let entry = self[name] else {
      throw TensorFileError.missing(
        path: path, tensor: name, nearest: Spelling.nearest(to: name, among: names))
    }
    return entry
  }

  /// Calls the body with a tensor's bytes as stored, after checking them.
  ///
  /// The bytes need not be aligned and must not be used after the call.
  public func withBytes<Result>(
    of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    let range = try entry(name).range
    return try file.withBytes { all in
      let bytes = UnsafeRawBufferPointer(
        rebasing: all[(dataStart + range.lowerBound)..<(dataStart + range.upperBound)])
      if let sum = checksums[name], sum != XXH64.text(XXH64.hash(bytes)) {
        throw TensorFileError.damaged(path: path, tensor: name)
      }
      return try body(bytes)
    }
  }

  /// A tensor's bytes as stored, after checking them; valid as long as this file is kept.
  func bytes(of name: String) throws -> UnsafeRawBufferPointer {
    try withBytes(of: name) { $0 }
  }

  /// A tensor's elements as 32 bit floats, in row-major order.
  public func floats(_ name: String) throws -> [Float] {
    let entry = try entry(name)
    return try withBytes(of: name) { bytes in
      [Float](unsafeUninitializedCapacity: entry.count) { buffer, count in
        let output = UnsafeMutableBufferPointer(rebasing: buffer[0..<entry.count])
        entry.element.convert(bytes, into: output)
        count = entry.count
      }
    }
  }

  /// Copies a tensor as 32 bit floats into memory of exactly its size.
  public func read(_ name: String, into output: UnsafeMutableBufferPointer<Float>) throws {
    let entry = try entry(name)
    guard entry.count == output.count else {
      throw TensorFileError.mismatch(
        path: path, tensor: name,
        reason: "has shape \(entry.shape) where \(output.count) elements are expected")
    }
    try withBytes(of: name) { entry.element.convert($0, into: output) }
  }

  /// The elements of a tensor of whole numbers.
  public func integers(_ name: String) throws -> [Int] {
    let entry = try entry(name)
    return try withBytes(of: name) { bytes in
      guard let values = entry.element.integers(bytes) else {
        throw TensorFileError.mismatch(
          path: path, tensor: name,
          reason: "has type \(entry.element.rawValue) where whole numbers are expected")
      }
      return values
    }
  }

  /// Checks the checksum of every tensor.
  public func verify() throws {
    for name in names { try withBytes(of: name) { _ in } }
  }
}

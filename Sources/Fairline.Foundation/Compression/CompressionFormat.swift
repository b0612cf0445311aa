/// How a file of text is compressed, told by its first bytes.
package enum CompressionFormat: String, CaseIterable {
  case gzip
  case zstd
  case xz

  /// What files begin with.
  private var mark: [UInt8] {
    switch self {
    case .gzip: [0x1F, 0x8B]
    case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
    case .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]
    }
  }

  /// The ends of names that such files usually have.
  package static let suffixes = [".gz", ".zst", ".xz"]

  /// The format of a file that begins with these bytes; nil for plain text.
  package init?(beginning bytes: some Sequence<UInt8>) {
    guard let found = Self.allCases.first(where: { bytes.starts(with: $0.mark) }) else {
      return nil
    }
    self = found
  }

  /// Whether more bytes may tell a format.
  static func isUndecided(_ bytes: some Collection<UInt8>) -> Bool {
    allCases.contains { bytes.count < $0.mark.count && $0.mark.starts(with: bytes) }
  }

  /// Begins decompression.
  func makeStream() -> any DecompressionStream {
    switch self {
    case .gzip: GzipStream()
    case .zstd: ZstdStream()
    case .xz: XZStream()
    }
  }
}

/// Decompresses bytes as they come.
protocol DecompressionStream: AnyObject {
  /// Whether all that was given belongs to parts of the file that are complete.
  var isComplete: Bool { get }

  /// Decompresses as much as there is and as there is room for.
  ///
  /// - Parameter isLast: whether nothing follows the input.
  /// - Returns: the bytes that were used and the bytes that were made.
  /// - Throws: ``DecompressionError`` when the input is damaged.
  func decompress(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, isLast: Bool
  ) throws -> (used: Int, made: Int)
}

/// What is wrong with compressed bytes.
struct DecompressionError: Error {
  /// The reason as it stands behind a file's name.
  let reason: String

  init(_ reason: String) { self.reason = reason }

  static let memory = DecompressionError("it needs more memory than there is for reading text")
  static let damaged = DecompressionError("it is damaged")
}

/// Bytes of a source that may be compressed, known by how it begins; plain bytes pass through.
///
/// Memory does not grow with the text: pieces are decompressed as they are asked for.
package final class Decompressor {
  /// Gives some more bytes, none at the end.
  package typealias Source = () throws -> [UInt8]

  private let path: String
  private let source: Source
  private var stream: (any DecompressionStream)?
  private var isDecided = false
  /// What the source gave and was not used yet.
  private var input: [UInt8] = []
  private var place = 0
  private var atEnd = false

  private static let pieceSize = 1 << 16

  /// Reads what a source gives.
  ///
  /// - Parameter path: the file, for errors.
  package init(_ path: String, _ source: @escaping Source) {
    (self.path, self.source) = (path, source)
  }

  /// Some more bytes, none at the end.
  ///
  /// - Throws: what the source throws; ``UserError`` when what is compressed is damaged or ends too
  ///   early.
  package func next() throws -> [UInt8] {
    if !isDecided { try decide() }
    guard let stream else {
      defer { input = [] }
      return input.isEmpty && !atEnd ? try source() : input
    }
    while true {
      if place == input.count, !atEnd {
        (input, place) = (try source(), 0)
        atEnd = input.isEmpty
      }
      if atEnd, stream.isComplete { return [] }
      let bytes = try made(by: stream)
      if !bytes.isEmpty { return bytes }
      guard !atEnd || stream.isComplete else {
        throw UserError("'\(path)' ends too early: it is compressed and not complete")
      }
    }
  }

  /// At least so many bytes; fewer only at the end.
  func next(_ count: Int) throws -> [UInt8] {
    var bytes = try next()
    while bytes.count < count {
      let more = try next()
      if more.isEmpty { break }
      bytes += more
    }
    return bytes
  }

  private func made(by stream: any DecompressionStream) throws -> [UInt8] {
    do {
      return try [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { output, count in
        try input[place...].withUnsafeBytes { rest in
          let (used, made) = try stream.decompress(
            rest, into: UnsafeMutableRawBufferPointer(output), isLast: atEnd)
          place += used
          count = made
        }
      }
    } catch let error as DecompressionError {
      throw UserError("'\(path)' cannot be read: it is compressed, and \(error.reason)")
    }
  }

  /// Reads until it is known whether the source is compressed.
  private func decide() throws {
    repeat {
      let more = try source()
      input += more
      atEnd = more.isEmpty
    } while !atEnd && CompressionFormat.isUndecided(input)
    isDecided = true
    stream = CompressionFormat(beginning: input)?.makeStream()
  }
}

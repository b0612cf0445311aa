import Foundation

/// An open file that is read front to back in pieces of the caller's size.
package final class FileReader {
  package let path: String
  package let size: Int
  private let descriptor: Int32
  /// Bytes that were read while somebody who writes was waited for.
  private var early: [UInt8]

  /// Opens a file, pipe or device for reading.
  ///
  /// - Parameter patience: seconds to wait for somebody who writes to a named pipe.
  /// - Throws: ``FileError``, or ``UserError`` for a folder and a pipe that nobody writes to.
  package init(_ path: String, patience: Double = 10) throws {
    let descriptor = NamedPipe.open(path)
    guard descriptor >= 0 else { throw FileError.unreadable(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = FileError.unreadable(path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw UserError("cannot read '\(path)': it is a folder, not a file")
    }
    self.path = path
    self.size = Int(status.st_size)
    self.descriptor = descriptor
    early = []
    early = try NamedPipe.awaitWriter(descriptor, path, patience: patience)
  }

  deinit {
    close(descriptor)
  }

  /// Reads up to `count` bytes; fewer only at the end of the file.
  package func read(_ count: Int) throws -> [UInt8] {
    let begun = early.prefix(count)
    early.removeFirst(begun.count)
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = buffer.update(fromContentsOf: begun)
      while filled < count {
        let got = Foundation.read(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
        if got < 0 && errno == EINTR { continue }
        guard got >= 0 else { throw FileError.unreadable(path) }
        if got == 0 { break }
        filled += got
      }
    }
  }
}

/// Reads a whole small file, a pipe or what a device gives.
///
/// - Parameter limit: the most bytes; a device without an end gives more.
/// - Throws: ``UserError`` naming the file.
package func readBytes(of path: String, limit: Int = 1 << 28) throws -> [UInt8] {
  let reader = try FileReader(path)
  var bytes: [UInt8] = []
  while true {
    let piece = try reader.read(max(1 << 16, min(reader.size, limit) + 1 - bytes.count))
    if piece.isEmpty { return bytes }
    bytes += piece
    guard bytes.count <= limit else {
      throw UserError("'\(path)' has more than \(limit >> 20) MB: it is another kind of file")
    }
  }
}

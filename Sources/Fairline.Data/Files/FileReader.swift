import Foundation

/// An open file that is read front to back in pieces of the caller's size.
final class FileReader {
  let path: String
  let size: Int
  private let descriptor: Int32

  /// Opens a file, pipe or device for reading.
  init(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw DataError.system("read", path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let error = DataError.system("read", path)
      close(descriptor)
      throw error
    }
    guard status.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw DataError("cannot read '\(path)': it is a folder, not a file")
    }
    self.path = path
    self.size = Int(status.st_size)
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// Reads up to `count` bytes; fewer only at the end of the file.
  func read(_ count: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = Foundation.read(
          descriptor, buffer.baseAddress.map { $0 + filled }, count - filled)
        if got < 0 && errno == EINTR { continue }
        guard got >= 0 else { throw DataError.system("read", path) }
        if got == 0 { break }
        filled += got
      }
    }
  }
}

/// Reads a whole small file.
func readBytes(of path: String) throws -> [UInt8] {
  let reader = try FileReader(path)
  var bytes: [UInt8] = []
  while true {
    let piece = try reader.read(max(1 << 16, reader.size + 1 - bytes.count))
    if piece.isEmpty { return bytes }
    bytes += piece
  }
}

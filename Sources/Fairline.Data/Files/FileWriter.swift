import Foundation

/// A buffered file under construction: it gets its name only when it is complete.
///
/// Bytes go to `path.tmp`; `finish` renames it. A writer that is dropped before that removes
/// what it wrote, so that a failed run leaves no half file under a live name. Devices and pipes
/// are written in place.
final class FileWriter {
  let path: String
  private(set) var position = 0
  private let workingPath: String
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 18

  init(_ path: String) throws {
    var status = stat()
    let isSpecial = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    self.path = path
    workingPath = isSpecial ? path : path + ".tmp"
    descriptor = open(workingPath, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw DataError.system("write", path) }
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    if workingPath != path { unlink(workingPath) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    position += bytes.count
    if buffer.count + bytes.count > Self.bufferSize { try flush() }
    if bytes.count > Self.bufferSize {
      try writeThrough(bytes)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  func write(_ value: some FixedWidthInteger) throws {
    try withUnsafeBytes(of: value.littleEndian) { try write($0) }
  }

  /// Replaces bytes that were written before.
  func patch(_ value: some FixedWidthInteger, at offset: Int) throws {
    try flush()
    let written = withUnsafeBytes(of: value.littleEndian) {
      pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset))
    }
    guard written == MemoryLayout.size(ofValue: value) else {
      throw DataError.system("write", path)
    }
  }

  /// Reads back bytes that were written before.
  func readBack(_ count: Int, at offset: Int) throws -> [UInt8] {
    try flush()
    return try [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
      let got = pread(descriptor, bytes.baseAddress, count, off_t(offset))
      guard got == count else { throw DataError.system("read back", path) }
      filled = got
    }
  }

  /// Writes what is buffered, closes the file and gives it its name.
  func finish() throws {
    try flush()
    let failed = close(descriptor) != 0
    descriptor = -1
    if failed || (workingPath != path && rename(workingPath, path) != 0) {
      let error = DataError.system("write", path)
      if workingPath != path { unlink(workingPath) }
      throw error
    }
  }

  private func flush() throws {
    try buffer.withUnsafeBytes { try writeThrough($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      let written = Foundation.write(descriptor, piece.baseAddress, piece.count)
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw DataError.system("write", path) }
      rest = rest.dropFirst(written)
    }
  }
}

import CFairlineSystem
import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// A buffered file under construction: it gets its name only when it is complete.
///
/// Bytes go to a file without a name, which vanishes with the process; ``finish(syncs:)`` names it,
/// and an earlier file of the name stays until then. Where the file system knows no such files, a
/// temporary name in the same folder is used, which a writer that is dropped removes. Devices and
/// pipes are written in place.
package final class FileWriter {
  /// The name that the file will have.
  package let path: String
  /// The number of bytes appended so far.
  package private(set) var position = 0
  /// Where the bytes go until the file is complete: the path itself for devices and pipes, nil for
  /// a file without a name.
  private let workingPath: String?
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 18

  /// Begins a file; throws ``FileError/unwritable(path:reason:)``.
  package init(_ path: String) throws {
    var status = stat()
    let isSpecial = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    self.path = path
    descriptor = isSpecial ? -1 : fl_open_unnamed(Self.folder(of: path))
    if descriptor >= 0 {
      workingPath = nil
    } else {
      let name = isSpecial ? path : Self.temporaryPath(for: path)
      let mode = isSpecial ? O_TRUNC : O_EXCL
      descriptor = open(name, O_RDWR | O_CREAT | mode | O_CLOEXEC, 0o666)
      if descriptor < 0, isSpecial { descriptor = open(path, O_WRONLY | O_CLOEXEC) }
      workingPath = name
    }
    guard descriptor >= 0 else { throw FileError.unwritable(path) }
  }

  /// A name beside the file that no other process uses, recognisable by its end `.partial`.
  package static func temporaryPath(for path: String) -> String {
    let random = String(UInt32.random(in: 0 ... .max), radix: 36)
    return Paths.join(
      Paths.folder(path), ".\(Paths.name(path)).\(getpid())-\(random).partial")
  }

  private static func folder(of path: String) -> String {
    let folder = Paths.folder(path)
    return folder.isEmpty ? "." : folder
  }

  deinit {
    guard descriptor >= 0 else { return }
    close(descriptor)
    removeTemporary()
  }

  private func removeTemporary() {
    if let workingPath, workingPath != path { unlink(workingPath) }
  }

  /// Appends bytes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    position += bytes.count
    if buffer.count + bytes.count > Self.bufferSize { try flush() }
    if bytes.count > Self.bufferSize {
      try writeThrough(bytes)
    } else {
      buffer.append(contentsOf: bytes)
    }
  }

  /// Appends bytes.
  package func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Appends an integer, the least significant byte first.
  package func write(_ value: some FixedWidthInteger) throws {
    try withUnsafeBytes(of: value.littleEndian) { try write($0) }
  }

  /// Writes bytes at an offset, before or behind what was appended; ``position`` stays.
  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    try flush()
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let written = pwrite(
        descriptor, rest.baseAddress, min(rest.count, 1 << 30), off_t(offset + done))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw FileError.unwritable(path, written == 0 ? ENOSPC : errno) }
      done += written
    }
  }

  /// Writes an integer at an offset, the least significant byte first.
  package func write(_ value: some FixedWidthInteger, at offset: Int) throws {
    try withUnsafeBytes(of: value.littleEndian) { try write($0, at: offset) }
  }

  /// Makes the file a copy of an open one; nothing else may have been written.
  func copyAll(from input: Int32, named source: String) throws {
    let clone: UInt = 0x4004_9409  // FICLONE: share all blocks, where the file system can.
    if ioctl(descriptor, clone, input) == 0 { return }
    while true {
      let copied = sendfile(descriptor, input, nil, 1 << 30)
      if copied < 0, errno == EINTR { continue }
      guard copied >= 0 else { throw FileError.unwritable(path) }
      if copied == 0 { return }
    }
  }

  /// Reads back bytes that were written before.
  package func readBack(_ count: Int, at offset: Int) throws -> [UInt8] {
    try flush()
    return try [UInt8](unsafeUninitializedCapacity: count) { bytes, filled in
      let got = pread(descriptor, bytes.baseAddress, count, off_t(offset))
      guard got == count else { throw FileError.unreadable(path) }
      filled = got
    }
  }

  /// Calls the body with what has been written so far.
  package func withContents<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try flush()
    return try MappedFile(workingPath ?? "/proc/self/fd/\(descriptor)").withBytes(body)
  }

  /// Writes what is buffered, closes the file and gives it its name.
  ///
  /// - Parameter syncs: whether the file and its name must be on the disk when this returns.
  package func finish(syncs: Bool = false) throws {
    try flush()
    let isSynced = !syncs || fsync(descriptor) == 0
    var name = workingPath
    if isSynced, name == nil {
      let temporary = Self.temporaryPath(for: path)
      guard fl_name_file(descriptor, temporary) else { throw FileError.unwritable(path) }
      name = temporary
    }
    let isClosed = close(descriptor) == 0
    descriptor = -1
    guard isSynced, isClosed, let name, name == path || rename(name, path) == 0 else {
      let error = FileError.unwritable(path)
      if let name, name != path { unlink(name) }
      throw error
    }
    guard syncs else { return }
    let folder = open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }

  private func flush() throws {
    try buffer.withUnsafeBytes { try writeThrough($0) }
    buffer.removeAll(keepingCapacity: true)
  }

  private func writeThrough(_ bytes: UnsafeRawBufferPointer) throws {
    if let code = writeAll(bytes, to: descriptor) { throw FileError.unwritable(path, code) }
  }
}

import CFairlineSystem
import Foundation

/// The bytes of a whole file: mapped into memory, so that pages are read when they are touched,
/// or held in memory of their own.
package final class MappedFile: @unchecked Sendable {
  // Never written after initialisation, so that threads may read it together.
  /// Where the file lies.
  package let path: String
  /// Its bytes, valid as long as this object is kept.
  package let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool
  /// Where the mapping stands in the table of ``reportShortened(by:)``.
  private let place: Int32

  /// From now on a file that is shortened while it is mapped ends the process with exit code 1
  /// and a sentence naming the file, instead of a signal.
  ///
  /// - Parameter program: what the sentence begins with.
  package static func reportShortened(by program: String) {
    fl_report_shortened_files(program)
  }

  /// Takes over memory from `malloc` that holds what a file says.
  init(_ path: String, owning memory: UnsafeMutableRawBufferPointer) {
    self.path = path
    bytes = UnsafeRawBufferPointer(memory)
    (isMapped, place) = (false, -1)
  }

  /// Maps a regular file; throws ``FileError/unreadable(path:reason:)``.
  package init(_ path: String) throws {
    // Without O_NONBLOCK a named pipe would wait for somebody who writes.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw FileError.unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw FileError.unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError.unreadable(path: path, reason: "it is not a regular file")
    }
    self.path = path
    let size = Int(status.st_size)
    guard size > 0 else {
      (bytes, isMapped, place) = (UnsafeRawBufferPointer(start: nil, count: 0), false, -1)
      return
    }
    let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address, address != MAP_FAILED else { throw FileError.unreadable(path) }
    (bytes, isMapped) = (UnsafeRawBufferPointer(start: address, count: size), true)
    place = fl_note_mapped(address, size, path)
  }

  deinit {
    fl_note_unmapped(place)
    guard let start = bytes.baseAddress else { return }
    let memory = UnsafeMutableRawPointer(mutating: start)
    if isMapped { munmap(memory, bytes.count) } else { free(memory) }
  }

  /// Calls the body with the bytes, which stay valid until it returns.
  package func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withExtendedLifetime(self) { try body(bytes) }
  }

  /// Reads a little-endian integer anywhere in the file.
  package func load<Value: FixedWidthInteger>(_ type: Value.Type, at offset: Int) -> Value {
    Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
  }
}

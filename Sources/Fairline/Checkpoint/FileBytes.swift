#if canImport(Glibc)
import Glibc
#endif

/// The bytes of a file: mapped into memory, or held in memory of their own.
final class FileBytes: @unchecked Sendable {
  // Never written after initialisation, so that threads may read it together.
  private let bytes: UnsafeRawBufferPointer
  private let isMapped: Bool

  /// Takes over memory from `malloc`.
  init(owning memory: UnsafeMutableRawBufferPointer) {
    bytes = UnsafeRawBufferPointer(memory)
    isMapped = false
  }

  /// Maps a file; throws ``TensorFileError/unreadable(path:reason:)``.
  init(mapping path: String) throws {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw TensorFileError.unreadable(path: path, reason: "it is not a regular file")
    }
    let size = Int(status.st_size)
    guard size > 0 else {
      throw TensorFileError.malformed(path: path, reason: "the file is empty")
    }
    guard let address = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0),
      address != MAP_FAILED
    else { throw Self.unreadable(path) }
    bytes = UnsafeRawBufferPointer(start: address, count: size)
    isMapped = true
  }

  deinit {
    let memory = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
    if isMapped { munmap(memory, bytes.count) } else { free(memory) }
  }

  /// The number of bytes.
  var count: Int { bytes.count }

  /// Calls the body with the bytes, which stay valid until it returns and no longer.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try withExtendedLifetime(self) { try body(bytes) }
  }

  private static func unreadable(_ path: String) -> TensorFileError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}

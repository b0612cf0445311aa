import Foundation

/// A file that appears under its name only when it is complete and on the disk.
///
/// Written under a temporary name in the same folder, then synced and renamed; an earlier file of
/// the name stays until then. What is not committed is removed.
public final class AtomicFile {
  /// The name that the file will have.
  public let path: String
  private let temporaryPath: String
  private var descriptor: Int32
  private var isCommitted = false

  /// Creates the temporary file; throws ``TensorFileError/unwritable(path:reason:)``.
  public init(path: String) throws {
    self.path = path
    let name = (path as NSString).lastPathComponent
    let folder = (path as NSString).deletingLastPathComponent
    let random = String(UInt32.random(in: 0 ... .max), radix: 36)
    temporaryPath = (folder as NSString).appendingPathComponent(
      ".\(name).\(getpid())-\(random).partial")
    descriptor = open(temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
    if !isCommitted { unlink(temporaryPath) }
  }

  /// Writes bytes at an offset; throws ``TensorFileError/unwritable(path:reason:)``.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws {
    var done = 0
    while done < bytes.count {
      let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
      let written = pwrite(
        descriptor, rest.baseAddress, min(rest.count, 1 << 30), off_t(offset + done))
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw Self.failure(path, written == 0 ? ENOSPC : errno) }
      done += written
    }
  }

  /// Syncs the file and gives it its name; throws ``TensorFileError/unwritable(path:reason:)``.
  public func commit() throws {
    guard fsync(descriptor) == 0 else { throw Self.failure(path, errno) }
    let result = close(descriptor)
    descriptor = -1
    guard result == 0, rename(temporaryPath, path) == 0 else { throw Self.failure(path, errno) }
    isCommitted = true
    let parent = (path as NSString).deletingLastPathComponent
    let folder = open(parent.isEmpty ? "." : parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
  }

  /// Calls the body with what has been written so far.
  func withContents<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    try FileBytes(mapping: temporaryPath).withBytes(body)
  }

  private static func failure(_ path: String, _ code: Int32) -> TensorFileError {
    let reason =
      switch code {
      case ENOSPC, EDQUOT, EFBIG: "there is no space left for it"
      case ENOENT: "its folder does not exist"
      default: String(cString: strerror(code))
      }
    return .unwritable(path: path, reason: reason)
  }
}

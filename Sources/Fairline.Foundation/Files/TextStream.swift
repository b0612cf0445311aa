import Foundation

/// Text that is written piece by piece where others read it while it grows: standard output, a log.
///
/// A file that must be whole or not there is written with ``FileWriter``. Not safe to use from
/// several threads.
package final class TextStream {
  private let name: String
  private var descriptor: Int32
  private let isOwned: Bool
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 16

  /// Opens a file, or makes it.
  ///
  /// - Parameters:
  ///   - name: how errors call it; the path unless it is given.
  ///   - appends: whether what is there stays in front of what is written.
  /// - Throws: ``UserError`` when it cannot be written.
  package init(_ path: String, name: String? = nil, appends: Bool = false) throws {
    self.name = name ?? path
    isOwned = true
    descriptor = open(
      path, O_WRONLY | O_CREAT | (appends ? O_APPEND : O_TRUNC) | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(errno) }
  }

  /// Standard output.
  package init() {
    (name, isOwned, descriptor) = ("standard output", false, STDOUT_FILENO)
  }

  deinit {
    if isOwned, descriptor >= 0 { close(descriptor) }
  }

  /// Adds text; readers see it after ``flush()`` at the latest.
  package func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Makes everything written visible; what could not be written is dropped.
  ///
  /// - Throws: ``UserError`` when not all of it can be written.
  package func flush() throws {
    defer { buffer.removeAll(keepingCapacity: true) }
    try buffer.withUnsafeBytes { bytes in
      guard let code = writeAll(bytes, to: descriptor) else { return }
      throw failure(code)
    }
  }

  /// Writes what is left and closes a file.
  ///
  /// - Throws: ``UserError`` when not all of it can be written.
  package func finish() throws {
    try flush()
    guard isOwned else { return }
    let isClosed = close(descriptor) == 0
    descriptor = -1
    guard isClosed else { throw failure(errno) }
  }

  private func failure(_ code: Int32) -> UserError {
    UserError("\(name) cannot be written: \(String(cString: strerror(code)))")
  }
}

/// Writes bytes to an open file, in as many calls as it takes.
///
/// - Returns: what the operating system says when not all can be written; nil otherwise.
package func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
  var rest = bytes[...]
  while !rest.isEmpty {
    let piece = UnsafeRawBufferPointer(rebasing: rest)
    let written = write(descriptor, piece.baseAddress, piece.count)
    if written < 0 && errno == EINTR { continue }
    guard written > 0 else { return written == 0 ? ENOSPC : errno }
    rest = rest.dropFirst(written)
  }
  return nil
}

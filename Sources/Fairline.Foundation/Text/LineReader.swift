import Foundation

/// Reads lines of UTF-8 from a file or standard input, one at a time, as ``Lines`` ends them.
///
/// A line is given as soon as its end was read, so that a pipe or terminal is answered at once.
/// A byte-order mark at the beginning is left out. Text that gzip, zstd or xz has compressed, as
/// its first bytes tell, is decompressed on the way.
package final class LineReader {
  private let descriptor: Int32
  private let path: String
  private let flag: String
  private let source: Decompressor
  /// What was read; lines before ``start`` were given.
  private var bytes: [UInt8] = []
  private var start = 0
  /// Up to here there is no end of a line behind ``start``.
  private var searched = 0
  private var atEnd = false
  private var number = 0
  private static let pieceSize = 1 << 16

  /// Opens a file, pipe or device.
  ///
  /// - Parameters:
  ///   - path: where the file lies; `-` is standard input.
  ///   - flag: the flag that named it, for errors.
  ///   - patience: seconds to wait for somebody who writes to a named pipe; nil waits on.
  /// - Throws: ``UserError`` when the file cannot be read.
  package init(_ path: String, flag: String, patience: Double? = nil) throws {
    (self.path, self.flag) = (path, flag)
    if path == "-" {
      descriptor = dup(STDIN_FILENO)
    } else if patience != nil {
      descriptor = NamedPipe.open(path)
    } else {
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
    }
    let name = path == "-" ? "standard input" : path
    var early: [UInt8] = []
    source = Decompressor(name) { [descriptor] in
      defer { early = [] }
      return early.isEmpty ? try Self.read(descriptor, flag: flag, path) : early
    }
    guard descriptor >= 0 else { throw Self.unreadable(errno, flag: flag, path) }
    if let patience, path != "-" {
      early = try NamedPipe.awaitWriter(descriptor, path, patience: patience)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// The next line without its end, nil after the last one.
  ///
  /// - Throws: ``UserError`` naming the line that is not UTF-8, or the file that cannot be read.
  package func next() throws -> String? {
    while true {
      if let end = lineEnd() { return try take(upTo: end + 1) }
      if atEnd { return start < bytes.count ? try take(upTo: bytes.count) : nil }
      try readMore()
    }
  }

  /// All lines that are left.
  package func rest() throws -> [String] {
    var lines: [String] = []
    while let line = try next() { lines.append(line) }
    return lines
  }

  private func lineEnd() -> Int? {
    let found = bytes[searched...].firstIndex(of: 0x0A)
    searched = found ?? bytes.count
    return found
  }

  private func take(upTo end: Int) throws -> String {
    defer { (start, searched) = (end, end) }
    number += 1
    var text: String?
    bytes[start..<end].withUnsafeBufferPointer { line in
      Lines.forEach(in: line) { text = String(validating: $0, as: UTF8.self) }
    }
    guard let text else {
      throw UserError(
        "\(flag): line \(number) of \(name) is not UTF-8: convert it, with iconv for example")
    }
    return text
  }

  private func readMore() throws {
    if start > 0 {
      bytes.removeSubrange(..<start)
      (start, searched) = (0, searched - start)
    }
    guard bytes.count <= Lines.longest else {
      throw UserError(
        "\(flag): line \(number + 1) of \(name) has more than \(Lines.longest) bytes: "
          + "give text with one sentence a line")
    }
    let piece = try source.next()
    bytes += piece
    atEnd = piece.isEmpty
    if number == 0 { skipMark() }
  }

  /// What there is to read, once there is something; nothing at the end.
  private static func read(_ descriptor: Int32, flag: String, _ path: String) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, filled in
      while true {
        let got = Foundation.read(descriptor, buffer.baseAddress, pieceSize)
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else { throw unreadable(errno, flag: flag, path) }
        filled = got
        return
      }
    }
  }

  /// Leaves a byte-order mark at the beginning out.
  private func skipMark() {
    guard start == 0, bytes.starts(with: Lines.byteOrderMark) else { return }
    (start, searched) = (Lines.byteOrderMark.count, max(searched, Lines.byteOrderMark.count))
  }

  private static func unreadable(_ code: Int32, flag: String, _ path: String) -> UserError {
    let reason = code == EISDIR ? "it is a folder" : String(cString: strerror(code))
    return UserError("\(flag): \(name(of: path)) cannot be read: \(reason)")
  }

  private static func name(of path: String) -> String {
    path == "-" ? "standard input" : "the file '\(path)'"
  }

  private var name: String { Self.name(of: path) }
}

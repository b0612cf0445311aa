import Foundation

/// Pipes with a name, whose opening waits for somebody on the other side.
enum NamedPipe {
  /// Opens a file, pipe or device for reading, without waiting.
  ///
  /// - Returns: a descriptor that waits when it is read from; negative where it cannot be opened.
  static func open(_ path: String) -> Int32 {
    let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return descriptor }
    var status = stat()
    let isPipe = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    if !isPipe { letWait(descriptor) }
    return descriptor
  }

  /// Waits until somebody writes to an open pipe; how long that one takes is not limited.
  ///
  /// Does nothing for what is no pipe.
  ///
  /// - Parameter patience: seconds until it is an error that nobody has begun to write.
  /// - Returns: bytes that were read meanwhile, which come before all others.
  /// - Throws: ``UserError``.
  static func awaitWriter(
    _ descriptor: Int32, _ path: String, patience: Double
  ) throws -> [UInt8] {
    guard fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0 else { return [] }
    defer { letWait(descriptor) }
    var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let end = Seconds.now() + patience
    while poll(&question, 1, 20) <= 0 {
      // Nothing to read: that is the end when nobody writes, and an error when somebody does.
      var byte: UInt8 = 0
      let got = read(descriptor, &byte, 1)
      guard got == 0 else { return got > 0 ? [byte] : [] }
      guard Seconds.now() < end else {
        throw UserError(
          "cannot read '\(path)': it is a pipe that nobody has begun to write to for "
            + "\(NumberText.fixed(patience, 0)) seconds; start what writes to it first")
      }
    }
    return []
  }

  /// Lets reading wait for bytes again.
  private static func letWait(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
  }
}

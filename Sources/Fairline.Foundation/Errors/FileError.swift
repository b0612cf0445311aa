import Foundation

/// A file that cannot be read or written, told in one sentence.
public enum FileError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case unreadable(path: String, reason: String)
  /// The file cannot be written; what was there before is untouched.
  case unwritable(path: String, reason: String)

  /// One sentence that names the file.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
    case .unwritable(let path, let reason):
      "\(path) was not written: \(reason); an earlier file of that name is untouched"
    }
  }

  /// What the operating system said about the last failed call that reads.
  package static func unreadable(_ path: String, _ code: Int32 = errno) -> FileError {
    .unreadable(path: path, reason: String(cString: strerror(code)))
  }

  /// What the operating system said about the last failed call that writes.
  package static func unwritable(_ path: String, _ code: Int32 = errno) -> FileError {
    let reason =
      switch code {
      case EFBIG:
        "it is larger than files may be; raise the limit (ulimit -f) or choose another folder"
      case ENOSPC, EDQUOT:
        "there is no space left; free some or choose another folder"
      case ENOENT: "its folder does not exist"
      default: String(cString: strerror(code))
      }
    return .unwritable(path: path, reason: reason)
  }
}

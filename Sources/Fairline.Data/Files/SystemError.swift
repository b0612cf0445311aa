import Foundation

extension DataError {
  /// What the operating system said about the last failed call on a file.
  static func system(_ action: String, _ path: String, remedy: String? = nil) -> DataError {
    let reason = String(cString: strerror(errno))
    let hint =
      errno == ENOSPC || errno == EDQUOT ? "; free some space or choose another folder" : ""
    return DataError("cannot \(action) '\(path)': \(reason)\(remedy.map { "; \($0)" } ?? hint)")
  }
}

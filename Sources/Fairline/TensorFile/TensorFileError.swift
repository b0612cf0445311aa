/// Why a file of tensors is not what it should be; one that cannot be opened is a `FileError`.
public enum TensorFileError: Error, Equatable, CustomStringConvertible {
  /// The file is not what it should be: cut short, or not of this format.
  case malformed(path: String, reason: String)
  /// A tensor's bytes are not those that were written.
  case damaged(path: String, tensor: String)
  /// There is no tensor of this name.
  case missing(path: String, tensor: String, nearest: String?)
  /// A tensor has another shape or type than the one asked for.
  case mismatch(path: String, tensor: String, reason: String)

  /// One sentence that names the file, and the tensor where one is concerned.
  public var description: String {
    switch self {
    case .malformed(let path, let reason): "\(path) is damaged or no tensor file: \(reason)"
    case .damaged(let path, let tensor):
      "\(path) is damaged: the checksum of tensor '\(tensor)' does not match; use another copy"
    case .missing(let path, let tensor, let nearest):
      "\(path) has no tensor '\(tensor)'" + (nearest.map { "; the nearest is '\($0)'" } ?? "")
    case .mismatch(let path, let tensor, let reason): "\(path): tensor '\(tensor)' \(reason)"
    }
  }
}

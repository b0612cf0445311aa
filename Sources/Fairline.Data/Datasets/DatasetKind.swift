import FairlineFoundation

/// How a data set is stored: the values of `--dataset-impl`.
public enum DatasetKind: String, Codable, Sendable, CaseIterable {
  /// Binarised files that are mapped into memory.
  case mmap
  /// Plain text.
  case raw
  /// Binarised files of old fairseq versions; read only.
  case lazy, cached

  /// Tells how the data set at a path prefix is stored; nil when there is none.
  static func detect(prefix: String) -> DatasetKind? {
    if Paths.isFile(prefix) { return .raw }
    guard Paths.isFile(prefix + ".idx") else { return nil }
    return .mmap
  }
}

/// Why a pickle is not read, with the byte at which that was seen.
struct PickleError: Error, CustomStringConvertible {
  let reason: String
  let offset: Int

  /// One clause.
  var description: String { "\(reason) (at byte \(offset))" }
}

/// How much a pickle may hold; real checkpoints stay far below.
enum PickleLimits {
  /// Containers inside containers.
  static let depth = 200
  /// Values on the stack and in all containers together.
  static let values = 8_000_000
  /// Values that may be asked for again.
  static let memo = 4_000_000
  /// Bytes of a text.
  static let text = 64 << 20
  /// Bytes of the name of a class.
  static let name = 256
}

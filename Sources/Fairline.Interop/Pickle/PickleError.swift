/// Why a pickle is not read, with the byte at which that was seen.
package struct PickleError: Error, CustomStringConvertible {
  package let reason: String
  package let offset: Int

  /// One clause.
  package var description: String { "\(reason) (at byte \(offset))" }
}

/// How much a pickle may hold; real checkpoints stay far below.
package enum PickleLimits {
  /// Containers inside containers.
  package static let depth = 200
  /// Values on the stack and in all containers together.
  package static let values = 8_000_000
  /// Values that may be asked for again.
  package static let memo = 4_000_000
  /// Bytes of a text.
  package static let text = 64 << 20
  /// Bytes of the name of a class.
  package static let name = 256
}

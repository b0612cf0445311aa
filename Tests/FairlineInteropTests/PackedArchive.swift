/// A zip file of stored or deflated members; deflated ones are in blocks that hold bytes as they
/// are.
struct PackedArchive {
  private(set) var bytes: [UInt8] = []
  /// Where the sizes of members stand in the directory.
  private var places: [String: Int] = [:]

  init(_ members: [(String, [UInt8])], compressed: Bool) {
    var directory: [UInt8] = []
    for (name, content) in members {
      let data = compressed ? Self.deflated(content) : content
      let start = bytes.count
      let sizes =
        Self.number(Self.checksum(content), 4) + Self.number(data.count, 4)
        + Self.number(content.count, 4)
      let method = Self.number(compressed ? 8 : 0, 2)
      bytes += [0x50, 0x4B, 3, 4, 20, 0, 0, 0] + method + [0, 0, 0, 0] + sizes
      bytes += Self.number(name.utf8.count, 2) + [0, 0] + Array(name.utf8) + data
      places[name] = directory.count + 24
      directory += [0x50, 0x4B, 1, 2, 20, 0, 20, 0, 0, 0] + method + [0, 0, 0, 0] + sizes
      directory += Self.number(name.utf8.count, 2) + [UInt8](repeating: 0, count: 12)
      directory += Self.number(start, 4) + Array(name.utf8)
    }
    let start = bytes.count
    for (name, place) in places { places[name] = start + place }
    bytes += directory
    bytes += [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + Self.number(members.count, 2)
    bytes += Self.number(members.count, 2) + Self.number(directory.count, 4)
    bytes += Self.number(start, 4) + [0, 0]
  }

  /// Lets the directory say that a member is of another size.
  mutating func claim(_ size: Int, for name: String) {
    guard let place = places[name] else { preconditionFailure("no member '\(name)'") }
    bytes.replaceSubrange(place..<(place + 4), with: Self.number(size, 4))
  }

  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private static func deflated(_ content: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = content[...]
    repeat {
      let part = rest.prefix(60_000)
      rest = rest.dropFirst(part.count)
      bytes += [rest.isEmpty ? 1 : 0] + number(part.count, 2) + number(~part.count & 0xFFFF, 2)
      bytes += part
    } while !rest.isEmpty
    return bytes
  }

  /// CRC-32.
  private static func checksum(_ bytes: [UInt8]) -> Int {
    var sum: UInt32 = 0xFFFF_FFFF
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
    }
    return Int(~sum)
  }
}

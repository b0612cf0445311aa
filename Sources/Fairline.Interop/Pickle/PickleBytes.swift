/// Bytes that a pickle is read from, one after another; every length is checked before use.
package struct PickleBytes {
  private let bytes: UnsafeRawBufferPointer
  /// The next byte.
  private(set) var offset: Int

  package init(_ bytes: UnsafeRawBufferPointer, from offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  /// Bytes that are left.
  package var remaining: Int { bytes.count - offset }

  package mutating func byte() throws -> UInt8 {
    try need(1)
    defer { offset += 1 }
    return bytes[offset]
  }

  /// An integer of the lowest byte first.
  package mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Value {
    try need(MemoryLayout<Value>.size)
    defer { offset += MemoryLayout<Value>.size }
    return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
  }

  /// A length that the rest of the file can have.
  package mutating func length<Value: FixedWidthInteger>(_ type: Value.Type) throws -> Int {
    let start = offset
    guard let length = Int(exactly: try integer(type)), length >= 0, length <= remaining else {
      throw PickleError(reason: "it claims more bytes than there are", offset: start)
    }
    return length
  }

  /// A number of the highest byte first.
  package mutating func double() throws -> Double {
    try need(8)
    defer { offset += 8 }
    let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    return Double(bitPattern: UInt64(bigEndian: word))
  }

  package mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
    guard count <= PickleLimits.text else { throw error("a text is too long") }
    try need(count)
    defer { offset += count }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
  }

  /// Well-formed text.
  package mutating func text(_ count: Int) throws -> String {
    let start = offset
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw PickleError(reason: "a text is not UTF-8", offset: start)
    }
    return text
  }

  /// A short text before the end of its line.
  package mutating func line() throws -> String {
    let limit = min(remaining, PickleLimits.name)
    let part = bytes[offset..<(offset + limit)]
    guard let end = part.firstIndex(of: 0x0A) else { throw error("a name has no end") }
    let text = try text(end - offset)
    offset += 1
    return text
  }

  package func error(_ reason: String) -> PickleError {
    PickleError(reason: reason, offset: offset)
  }

  private func need(_ count: Int) throws {
    guard count <= remaining else { throw error("it ends too early") }
  }
}

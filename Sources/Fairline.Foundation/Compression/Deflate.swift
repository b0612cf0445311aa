import CCompression

/// Members of zip files: bytes as they are, or compressed by deflate.
package enum Deflate {
  /// Writes what a member holds to a file.
  ///
  /// - Parameter limit: writing ends when there are more bytes than so many.
  /// - Returns: the checksum of what was written, CRC-32.
  /// - Throws: ``UserError`` when the bytes are damaged.
  package static func copy(
    _ bytes: UnsafeRawBufferPointer, isCompressed: Bool, to file: FileWriter, limit: Int
  ) throws -> UInt32 {
    var checksum = crc32(0, nil, 0)
    func write(_ part: UnsafeRawBufferPointer) throws {
      checksum = crc32_z(checksum, part.bindMemory(to: UInt8.self).baseAddress, part.count)
      try file.write(part)
    }
    guard isCompressed else {
      try write(bytes)
      return UInt32(checksum)
    }
    let stream = GzipStream(isBare: true)
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    defer { chunk.deallocate() }
    var place = 0
    while !stream.isComplete, file.position <= limit {
      // The length of a part fits into 32 bits.
      let end = min(bytes.count, place + (1 << 30))
      let part = UnsafeRawBufferPointer(rebasing: bytes[place..<end])
      let step = try? stream.decompress(part, into: chunk, isLast: end == bytes.count)
      guard let step, step.used > 0 || step.made > 0 else {
        throw UserError("\(file.path) cannot be unpacked: its archive is damaged")
      }
      place += step.used
      try write(UnsafeRawBufferPointer(rebasing: chunk[..<step.made]))
    }
    return UInt32(checksum)
  }
}

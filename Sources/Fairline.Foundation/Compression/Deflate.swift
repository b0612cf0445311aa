import CCompression

/// Members of zip files: bytes as they are, or compressed by deflate.
package enum Deflate {
  /// What bytes sum up to by CRC-32.
  package static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(
      crc32_z(crc32(0, nil, 0), bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
  }

  /// The `count` bytes that compressed ones stand for; nil when they are damaged, or stand for
  /// more or fewer.
  package static func bytes(_ compressed: UnsafeRawBufferPointer, count: Int) -> [UInt8]? {
    let stream = GzipStream(isBare: true)
    var (place, filled) = (0, 0)
    let bytes = [UInt8](unsafeUninitializedCapacity: count + 1) { buffer, initialized in
      let all = UnsafeMutableRawBufferPointer(buffer)
      while !stream.isComplete {
        // Lengths of parts fit into 32 bits. One more byte shows that there are too many.
        let part = UnsafeRawBufferPointer(
          rebasing: compressed[place..<min(compressed.count, place + (1 << 30))])
        let room = UnsafeMutableRawBufferPointer(
          rebasing: all[filled..<min(count + 1, filled + (1 << 30))])
        guard
          let step = try? stream.decompress(
            part, into: room, isLast: place + part.count == compressed.count),
          step.used > 0 || step.made > 0
        else { break }
        place += step.used
        filled += step.made
      }
      initialized = min(filled, count)
    }
    return stream.isComplete && filled == count ? bytes : nil
  }

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

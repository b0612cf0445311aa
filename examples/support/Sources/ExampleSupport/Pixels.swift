import Foundation

/// A small picture of coloured cells.
struct Pixels {
  /// The colours, the first row at the top.
  let rows: [[Color]]

  /// The picture as a PNG file whose data is stored rather than compressed (RFC 1950, 1951, 2083).
  var png: Data {
    let width = UInt32(rows.first?.count ?? 0)
    var raw: [UInt8] = []
    for row in rows {
      raw.append(0)  // the row is not filtered
      for color in row { raw += [color.red, color.green, color.blue] }
    }
    var file = Data([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    file.append(chunk("IHDR", bytes(width) + bytes(UInt32(rows.count)) + [8, 2, 0, 0, 0]))
    file.append(chunk("IDAT", stored(raw)))
    file.append(chunk("IEND", []))
    return file
  }

  private func bytes(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private func chunk(_ name: String, _ body: [UInt8]) -> Data {
    let checked = Array(name.utf8) + body
    return Data(bytes(UInt32(body.count)) + checked + bytes(checksum(checked)))
  }

  /// A zlib stream of stored blocks.
  private func stored(_ raw: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    for first in stride(from: 0, to: raw.count, by: 65_535) {
      let block = raw[first..<min(first + 65_535, raw.count)]
      let size = UInt16(block.count)
      stream.append(first + block.count == raw.count ? 1 : 0)
      for value in [size, ~size] { stream += [UInt8(value & 255), UInt8(value >> 8)] }
      stream += block
    }
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in raw {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return stream + bytes(b << 16 | a)
  }

  /// CRC-32.
  private func checksum(_ data: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xffff_ffff
    for byte in data {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
    }
    return ~crc
  }
}

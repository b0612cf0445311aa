import FairlineFoundation

/// Writes sequences of ids as `.bin` and `.idx` files in fairseq's mmap format.
///
/// Memory does not grow with the number of sequences. The files get their names in `finish`; a
/// writer dropped before leaves none.
package final class IndexedDatasetWriter {
  /// How ids are stored.
  package let elementType: ElementType
  /// The number of sequences so far.
  package private(set) var count = 0
  private let data: FileWriter
  private let index: FileWriter
  private static let headerSize = 26

  /// Begins `prefix.bin` and `prefix.idx`.
  package init(prefix: String, elementType: ElementType) throws {
    self.elementType = elementType
    data = try FileWriter(prefix + ".bin")
    index = try FileWriter(prefix + ".idx")
    try index.write(Array("MMIDIDX\0\0".utf8))
    try index.write(UInt64(1))
    try index.write(elementType.code)
    try index.write(UInt64(0))  // the count, known at the end
  }

  /// Appends one sequence; its ids must fit the element type.
  package func append(_ ids: [Int32]) throws {
    var bytes: [UInt8] = []
    elementType.append(ids, to: &bytes)
    try append(bytes, lengths: [Int32(ids.count)])
  }

  /// Appends sequences that are already in the element type.
  func append(_ bytes: [UInt8], lengths: [Int32]) throws {
    try data.write(bytes)
    for length in lengths { try index.write(length) }
    count += lengths.count
  }

  /// Completes both files.
  package func finish() throws {
    var offset: Int64 = 0
    var done = 0
    while done < count {
      let piece = min(count - done, 1 << 14)
      let lengths = try index.readBack(4 * piece, at: Self.headerSize + 4 * done)
      var offsets: [UInt8] = []
      lengths.withUnsafeBytes { bytes in
        for item in 0..<piece {
          withUnsafeBytes(of: offset.littleEndian) { offsets += $0 }
          let length = bytes.loadUnaligned(fromByteOffset: 4 * item, as: Int32.self)
          offset += Int64(Int32(littleEndian: length)) * Int64(elementType.width)
        }
      }
      try index.write(offsets)
      done += piece
    }
    try index.write(UInt64(count), at: 18)
    try data.finish()
    try index.finish()
  }
}

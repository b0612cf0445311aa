import Fairline
import FairlineData

/// Index files of binarised text.
///
/// The first two bytes are the size of the data file beside it.
struct IndexTarget: FuzzTarget {
  func seeds() throws -> [[UInt8]] {
    func little(_ value: Int, _ width: Int) -> [UInt8] {
      (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var current = little(10, 2) + Array("MMIDIDX\0\0".utf8)
    // Version 1, ids of two bytes, two sequences: their lengths and where they begin.
    current += little(1, 8) + little(8, 1) + little(2, 8)
    current += little(2, 4) + little(3, 4) + little(0, 8) + little(4, 8)
    var legacy = little(20, 2) + Array("TNTIDX\0\0".utf8)
    // Version 1, ids of four bytes, two sequences with five ids.
    for number in [1, 4, 4, 2, 2, 0, 1, 2, 0, 2, 5, 2, 3] { legacy += little(number, 8) }
    return [current, legacy]
  }

  func read(_ bytes: [UInt8]) throws {
    let size = bytes.prefix(2).enumerated().reduce(0) { $0 + Int($1.1) << (8 * $1.0) }
    try Files.write((0..<size).map { UInt8($0 % 7 == 0 ? 1 : 0) }, "a.bin")
    try Files.write(bytes.dropFirst(2), "a.idx")
    for vocabularySize in [nil, 100] {
      let data = try IndexedDataset(prefix: "a", vocabularySize: vocabularySize)
      var total = 0
      for index in 0..<data.count {
        precondition(data[index].count == data.length(of: index), "another length")
        total += data.length(of: index)
      }
      precondition(total <= size, "more ids than bytes")
    }
  }
}

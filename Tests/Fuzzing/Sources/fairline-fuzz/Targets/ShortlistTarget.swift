import Fairline
import FairlineData
import FairlineGeneration

/// Shortlists with right checksums: a line of JSON, the number of most frequent symbols, that of
/// source symbols, then whole numbers of two bytes.
struct ShortlistTarget: FuzzTarget {
  func seeds() -> [[UInt8]] {
    let header = #"{"version":1,"targetSymbols":8,"identity":{"source dictionary":"0123"}}"#
    // The most frequent, three offsets of two source symbols, three target symbols.
    let numbers: [UInt8] = [0, 1, 2, 3, 5, 0, 2, 3, 4, 6, 7].flatMap { [$0, 0] }
    return [Array((header + "\n").utf8) + [5, 3] + numbers]
  }

  var tokens: [String] { Hostile.numbers + ["version", "targetSymbols", "identity"] }

  func read(_ bytes: [UInt8]) throws {
    let end = bytes.firstIndex(of: 0x0A) ?? bytes.endIndex
    let rest = Array(bytes[end...].dropFirst())
    let sizes = (rest.first.map(Int.init) ?? 0, rest.dropFirst().first.map(Int.init) ?? 0)
    let pairs = rest.dropFirst(2)
    let numbers = stride(from: pairs.startIndex, to: pairs.endIndex - 1, by: 2).map {
      Int32(Int16(truncatingIfNeeded: Int(pairs[$0]) + Int(pairs[$0 + 1]) << 8))
    }
    let parts = [
      ("frequent", Array(numbers.prefix(sizes.0))),
      ("offsets", Array(numbers.dropFirst(sizes.0).prefix(sizes.1))),
      ("symbols", Array(numbers.dropFirst(sizes.0 + sizes.1))),
    ]
    let writer = try TensorFileWriter(
      path: "shortlist", tensors: parts.map { TensorDeclaration($0.0, [$0.1.count], .int32) },
      metadata: ["shortlist": String(decoding: bytes[..<end], as: UTF8.self)])
    for (name, values) in parts { try values.withUnsafeBytes { try writer.write(name, $0) } }
    try writer.finish()

    let shortlist = try Shortlist(contentsOf: "shortlist")
    let found = shortlist.candidates(for: [0, 1, 2, 3, 100, -1, .max])
    precondition(
      found.allSatisfy { $0 >= 0 && $0 < shortlist.targetSymbols }, "a symbol beyond the end")
  }
}

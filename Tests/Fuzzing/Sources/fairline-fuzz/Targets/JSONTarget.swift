import Fairline
import FairlineTesting

/// The JSON parser: what it takes it prints and takes again.
struct JSONTarget: FuzzTarget {
  func seeds() -> [[UInt8]] {
    [
      #"{"a": [1, -2.5e3, true, null], "b": {"c": "\u00e9\ud83d\ude00\n"}, "a b": ""}"#,
      "[[[[[]]]], 9223372036854775807, 1e308, -0.0, 123456789012345678901234567890]",
      "\u{FEFF} \"text\"",
    ].map { Array($0.utf8) }
  }

  var tokens: [String] { ["\\u", "\\ud83d", "1e309", "1e-400", "null", "true", "\"\":"] }

  func variant(of bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8]? {
    JSONVariants.variant(of: bytes, &numbers)
  }

  func read(_ bytes: [UInt8]) throws {
    let value = try bytes.withUnsafeBytes { try JSONValue(parsing: $0) }
    for text in [value.compactText, value.prettyText] {
      let again = try? JSONValue(parsing: text)
      precondition(again == value, "printed as other JSON: \(text)")
    }
  }
}

import FairlineTesting

/// JSON with another value in one place.
enum JSONVariants {
  private static let values = [
    "null", "true", "false", "\"\"", "\"x\"", "\"int8\"", "[]", "{}", "[1]", "{\"a\":1}", "[[]]",
  ]

  /// The text with one of its plain values, or one that is a key's, replaced; nil without any.
  static func variant(
    of text: some Collection<UInt8>, _ numbers: inout SeededNumbers
  ) -> [UInt8]? {
    let text = Array(text)
    guard let place = places(in: text).randomElement(using: &numbers) else { return nil }
    let value = (Hostile.numbers + values).randomElement(using: &numbers) ?? ""
    return Array(text[..<place.lowerBound]) + Array(value.utf8) + text[place.upperBound...]
  }

  /// Where strings, numbers and words stand that are no keys.
  private static func places(in text: [UInt8]) -> [Range<Int>] {
    var places: [Range<Int>] = []
    var start = 0
    while start < text.count {
      var end = start + 1
      if text[start] == 0x22 {
        while end < text.count, text[end] != 0x22 { end += text[end] == 0x5C ? 2 : 1 }
        end = min(end + 1, text.count)
        if end == text.count || text[end] != 0x3A { places.append(start..<end) }
      } else if isPlain(text[start]) {
        while end < text.count, isPlain(text[end]) { end += 1 }
        places.append(start..<end)
      }
      start = end
    }
    return places
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x61...0x7A, 0x41...0x5A, 0x2B, 0x2D, 0x2E: true
    default: false
    }
  }
}

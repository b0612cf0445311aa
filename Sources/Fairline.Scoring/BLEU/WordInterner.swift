import Fairline

/// Numbers words, byte by byte equal ones alike, in the order in which they are first seen.
package struct WordInterner {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  private var slots = [Int32](repeating: -1, count: 1 << 12)

  /// Interns words in advance, so that they have the numbers 0, 1, 2, ….
  package init(_ words: [String] = []) {
    for word in words {
      var word = word
      word.withUTF8 { _ = number($0) }
    }
  }

  /// The numbers of the words of a text, which are separated by white space.
  package mutating func numbers(_ text: UnsafeBufferPointer<UInt8>) -> [Int32] {
    var result: [Int32] = []
    Words.forEach(in: text) { result.append(number($0)) }
    return result
  }

  /// The numbers of the words of a text.
  package mutating func numbers(_ text: String) -> [Int32] {
    var text = text
    return text.withUTF8 { numbers($0) }
  }

  /// The number of a word.
  package mutating func number(_ word: UnsafeBufferPointer<UInt8>) -> Int32 {
    if ends.count * 2 >= slots.count { grow() }
    var slot = place(word)
    while slots[slot] >= 0 {
      if equals(Int(slots[slot]), word) { return slots[slot] }
      slot = (slot + 1) & (slots.count - 1)
    }
    let number = Int32(ends.count)
    slots[slot] = number
    bytes.append(contentsOf: word)
    ends.append(bytes.count)
    return number
  }

  private func range(_ number: Int) -> Range<Int> {
    (number == 0 ? 0 : ends[number - 1])..<ends[number]
  }

  private func equals(_ number: Int, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
    let range = range(number)
    return range.count == word.count && bytes[range].elementsEqual(word)
  }

  private func place(_ word: UnsafeBufferPointer<UInt8>) -> Int {
    Int(truncatingIfNeeded: XXH64.hash(UnsafeRawBufferPointer(word))) & (slots.count - 1)
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    bytes.withUnsafeBufferPointer { all in
      for number in ends.indices {
        var slot = place(UnsafeBufferPointer(rebasing: all[range(number)]))
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(number)
      }
    }
  }
}

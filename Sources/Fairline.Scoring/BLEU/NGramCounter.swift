/// Counts the n-grams that a hypothesis shares with references.
///
/// An n-gram is numbered by the number of its first n − 1 tokens and its last token, so that all
/// lengths are exact and cost one look-up each. The tables are kept from sentence to sentence.
struct NGramCounter {
  private var keys: [UInt64] = []
  private var numbers: [Int32] = []
  private var stamps: [UInt32] = []
  private var stamp: UInt32 = 0
  private var referenceCounts: [Int32] = []
  private var running: [Int32] = []

  /// For each length from 1 to `order`: how many n-grams of the hypothesis the references have.
  ///
  /// An n-gram counts at most as often as the reference with most of it has it.
  mutating func matches(_ hypothesis: [Int32], _ references: [[Int32]], order: Int) -> [Int] {
    reserve(hypothesis.count + references.reduce(0) { $0 + $1.count })
    var hypothesisLevel = hypothesis
    var levels = references
    var result = [Int](repeating: 0, count: order)
    for length in 1...order {
      begin()
      for index in references.indices {
        number(&levels[index], references[index], length)
        raise(levels[index])
      }
      number(&hypothesisLevel, hypothesis, length)
      for id in hypothesisLevel where referenceCounts[Int(id)] > running[Int(id)] {
        running[Int(id)] += 1
        result[length - 1] += 1
      }
    }
    return result
  }

  private mutating func reserve(_ tokens: Int) {
    var size = max(256, keys.count)
    while size < tokens * 2 { size *= 2 }
    guard size > keys.count else { return }
    keys = [UInt64](repeating: 0, count: size)
    numbers = [Int32](repeating: 0, count: size)
    stamps = [UInt32](repeating: 0, count: size)
    stamp = 0
  }

  private mutating func begin() {
    stamp &+= 1
    if stamp == 0 {
      stamps = [UInt32](repeating: 0, count: stamps.count)
      stamp = 1
    }
    referenceCounts.removeAll(keepingCapacity: true)
    running.removeAll(keepingCapacity: true)
  }

  /// Replaces the numbers of (length − 1)-grams by those of `length`-grams.
  private mutating func number(_ level: inout [Int32], _ tokens: [Int32], _ length: Int) {
    let count = max(0, tokens.count - length + 1)
    for index in 0..<count {
      let head = length == 1 ? 0 : UInt64(UInt32(bitPattern: level[index]))
      let tail = UInt64(UInt32(bitPattern: tokens[index + length - 1]))
      level[index] = find(head << 32 | tail)
    }
    level.removeLast(level.count - count)
  }

  private mutating func find(_ key: UInt64) -> Int32 {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    while stamps[slot] == stamp {
      if keys[slot] == key { return numbers[slot] }
      slot = (slot + 1) & mask
    }
    let number = Int32(referenceCounts.count)
    stamps[slot] = stamp
    keys[slot] = key
    numbers[slot] = number
    referenceCounts.append(0)
    running.append(0)
    return number
  }

  /// Raises the references' counts to those of one more reference.
  private mutating func raise(_ level: [Int32]) {
    for id in level {
      running[Int(id)] += 1
      referenceCounts[Int(id)] = max(referenceCounts[Int(id)], running[Int(id)])
    }
    for id in level { running[Int(id)] = 0 }
  }
}

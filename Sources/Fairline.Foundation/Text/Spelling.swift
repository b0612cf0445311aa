/// Finds what a mistyped name may have meant.
package enum Spelling {
  /// The nearest candidate, when one is near enough to be worth showing.
  package static func nearest(to word: String, among candidates: [String]) -> String? {
    let limit = max(1, word.count / 3)
    let scored = candidates.map { ($0, distance(Array(word), Array($0))) }
    if let best = scored.min(by: { $0.1 < $1.1 }), best.1 <= limit { return best.0 }
    guard word.count >= 5 else { return nil }
    return candidates.first { $0.hasPrefix(word) }
  }

  /// Insertions, deletions, replacements and swaps of neighbours between two words.
  package static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for i in 0..<left.count {
      var row = [i + 1]
      for j in 0..<right.count {
        let replace = last[j] + (left[i] == right[j] ? 0 : 1)
        var best = min(replace, last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      beforeLast = last
      last = row
    }
    return last[right.count]
  }
}

/// Joins characters to pieces of a model of byte pairs, as SentencePiece does: the pair whose piece
/// has the best score first, the leftmost of equal ones.
struct PieceJoining {
  private struct Pair {
    let left: Int
    let range: Range<Int>
    let score: Float
  }

  private let text: [UInt8]
  private let trie: PieceTrie
  /// The symbols' bytes; empty for those that were joined to another.
  private var symbols: [Range<Int>] = []
  private var pairs: [Pair] = []

  init(_ text: [UInt8], _ trie: PieceTrie) {
    (self.text, self.trie) = (text, trie)
    for place in text.indices where text[place] & 0xC0 != 0x80 {
      if let last = symbols.indices.last { symbols[last] = symbols[last].lowerBound..<place }
      symbols.append(place..<text.count)
    }
    for left in symbols.indices { addPair(left) }
  }

  /// The numbers of the pieces; nil where the dictionary lacks one.
  ///
  /// - Parameter leavesOut: whether a pair is not joined (BPE-dropout).
  func pieces(leavingOut leavesOut: () -> Bool) -> [Int32]? {
    var copy = self
    copy.join(leavesOut)
    var ids: [Int32] = []
    for range in copy.symbols where !range.isEmpty {
      guard let id = trie.piece(text, range)?.id, id >= 0 else { return nil }
      ids.append(id)
    }
    return ids
  }

  private mutating func join(_ leavesOut: () -> Bool) {
    while let place = best() {
      let pair = pairs.remove(at: place)
      guard let right = next(pair.left), !symbols[pair.left].isEmpty,
        symbols[pair.left].lowerBound..<symbols[right].upperBound == pair.range, !leavesOut()
      else { continue }
      symbols[right] = pair.range.upperBound..<pair.range.upperBound
      symbols[pair.left] = pair.range
      addPair(pair.left)
      if let before = symbols[..<pair.left].lastIndex(where: { !$0.isEmpty }) { addPair(before) }
    }
  }

  private func best() -> Int? {
    pairs.indices.max { one, other in
      let (one, other) = (pairs[one], pairs[other])
      return one.score != other.score ? one.score < other.score : one.left > other.left
    }
  }

  private func next(_ left: Int) -> Int? {
    symbols.indices[(left + 1)...].first { !symbols[$0].isEmpty }
  }

  private mutating func addPair(_ left: Int) {
    guard let right = next(left) else { return }
    let range = symbols[left].lowerBound..<symbols[right].upperBound
    guard let piece = trie.piece(text, range) else { return }
    pairs.append(Pair(left: left, range: range, score: piece.score))
  }
}

/// Progress through phrases that may be met in any order (Hu and others 2019, "Improved lexically
/// constrained decoding for translation and monolingual rewriting").
package struct UnorderedConstraints: Sendable {
  private let trie: ConstraintTrie
  /// Where in a phrase the prefix is; the root between phrases.
  private var node = ConstraintTrie.root
  /// For each node, how many phrases that end there were met and left.
  private var met: [Int]
  /// For each node, how often it counts as generated.
  private var generated: [Int]

  init(_ phrases: [[Int32]]) {
    trie = ConstraintTrie(phrases)
    met = [Int](repeating: 0, count: trie.count)
    generated = met
  }

  var bank: Int { generated.reduce(0, +) }

  /// Phrases that are met, the one that the prefix ends with included.
  var metCount: Int {
    let isInEnd = trie.ending(in: node) > met[node]
    return met.reduce(0, +) + (isInEnd ? 1 : 0)
  }

  var isFinished: Bool { metCount == trie.passing(through: ConstraintTrie.root) }

  var nextSymbols: [Int32] {
    Set(trie.symbols(after: ConstraintTrie.root)).union(trie.symbols(after: node)).sorted()
  }

  func advanced(by symbol: Int32) -> UnorderedConstraints {
    var next = self
    if let child = open(node, symbol) {
      next.enter(child)
      return next
    }
    // The prefix leaves its phrase and may begin another one.
    if let child = open(ConstraintTrie.root, symbol) {
      next.enter(child)
    } else {
      next.node = ConstraintTrie.root
    }
    next.rewind(from: node)
    return next
  }

  /// The node behind a symbol, when phrases through it are still missing.
  private func open(_ place: Int, _ symbol: Int32) -> Int? {
    guard let child = trie.child(of: place, symbol),
      generated[child] < trie.passing(through: child)
    else { return nil }
    return child
  }

  private mutating func enter(_ child: Int) {
    node = child
    generated[child] += 1
  }

  /// Takes back what was generated of a phrase that was left, up to a phrase that is met by it.
  private mutating func rewind(from left: Int) {
    var place = left
    while place != ConstraintTrie.root {
      if trie.ending(in: place) > met[place] {
        met[place] += 1
        return
      }
      generated[place] -= 1
      place = trie.parent(of: place)
    }
  }
}

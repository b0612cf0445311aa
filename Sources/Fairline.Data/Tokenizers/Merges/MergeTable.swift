import Synchronization

/// Pairs of symbols that byte-pair encoding joins, in the order of their learning (Sennrich, Haddow
/// and Birch 2016).
///
/// Symbols are UTF-8: equal ones have the same bytes, where texts may be equal in other bytes.
struct MergeTable: Sendable {
  /// Characters that are one.
  typealias Symbol = [UInt8]

  /// What two neighbouring symbols are found by.
  struct Pair: Hashable, Sendable {
    let first: Symbol
    let second: Symbol
  }

  /// The place of each pair: smaller ones are joined first.
  private let ranks: [Pair: Int]

  /// Ranks pairs by their place; of equal ones the first counts.
  init(_ pairs: [Pair]) {
    var ranks: [Pair: Int] = [:]
    ranks.reserveCapacity(pairs.count)
    for (place, pair) in pairs.enumerated() where ranks[pair] == nil { ranks[pair] = place }
    self.ranks = ranks
  }

  /// Joins neighbours until no pair of them is in the table: every place of the pair with the
  /// smallest rank at a time, from the left.
  func merge(_ symbols: [Symbol]) -> [Symbol] { merge(symbols) { false } }

  /// The same, with places left out of a round where `leavesOut` says so (BPE-dropout, Provilkov,
  /// Emelianenko and Voita 2020, as subword-nmt does it).
  func merge(_ symbols: [Symbol], leavingOut leavesOut: () -> Bool) -> [Symbol] {
    var symbols = symbols
    while symbols.count > 1 {
      let left = (0..<(symbols.count - 1)).map { _ in leavesOut() }
      guard let pair = bestPair(of: symbols, without: left) else { break }
      var (joined, place) = ([Symbol](), 0)
      joined.reserveCapacity(symbols.count)
      while place < symbols.count {
        let isPair =
          place + 1 < symbols.count && !left[place] && symbols[place] == pair.first
          && symbols[place + 1] == pair.second
        joined.append(isPair ? pair.first + pair.second : symbols[place])
        place += isPair ? 2 : 1
      }
      symbols = joined
    }
    return symbols
  }

  private func bestPair(of symbols: [Symbol], without left: [Bool]) -> Pair? {
    var best: (rank: Int, pair: Pair)?
    for (place, (first, second)) in zip(symbols, symbols.dropFirst()).enumerated()
    where !left[place] {
      let pair = Pair(first: first, second: second)
      guard let rank = ranks[pair], rank < best?.rank ?? .max else { continue }
      best = (rank, pair)
    }
    return best?.pair
  }
}

extension MergeTable {
  /// The characters of UTF-8.
  static func characters(of bytes: some Sequence<UInt8>) -> [Symbol] {
    var symbols: [Symbol] = []
    for byte in bytes {
      if byte & 0xC0 == 0x80, !symbols.isEmpty {
        symbols[symbols.count - 1].append(byte)
      } else {
        symbols.append([byte])
      }
    }
    return symbols
  }
}

/// Results of a function of words, kept for words that come again.
final class WordCache: Sendable {
  /// How many words are kept; then the cache begins anew.
  private static let limit = 200_000

  private let known = Mutex<[[UInt8]: String]>([:])

  /// What is kept for a word, or what `make` gives.
  func value(of word: [UInt8], _ make: ([UInt8]) throws -> String) rethrows -> String {
    if let value = known.withLock({ $0[word] }) { return value }
    let value = try make(word)
    known.withLock {
      if $0.count >= Self.limit { $0.removeAll(keepingCapacity: true) }
      $0[word] = value
    }
    return value
  }
}

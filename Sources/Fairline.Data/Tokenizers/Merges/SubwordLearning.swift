import FairlineFoundation

/// Learns codes of byte-pair encoding from words, as subword-nmt does: at each step the pair that
/// occurs most often is joined; of equal ones the last in the order of code points.
public struct SubwordLearning: Sendable {
  /// How many pairs are learnt at most.
  public var merges = 10_000
  /// A pair that occurs less often ends the learning.
  public var minFrequency = 2

  /// The usual settings.
  public init() {}

  /// Learns from the words of text files, which spaces separate.
  ///
  /// - Returns: the lines of the file of codes, the version first.
  /// - Throws: `UserError` when a file cannot be read or there are no words.
  public func learn(from paths: [String]) throws -> [String] {
    var (counts, order) = ([[UInt8]: Int](), [[UInt8]]())
    for path in paths {
      try TextFile(path).forEachLine { line in
        for word in line.utf8.split(separator: 0x20) {
          let word = Array(word)
          if counts[word, default: 0] == 0 { order.append(word) }
          counts[word, default: 0] += 1
        }
      }
    }
    guard !order.isEmpty else {
      throw UserError(
        "--input: there are no words to learn from in \(paths.joined(separator: ", "))")
    }
    var words = SubwordCounts(order.map { ($0, counts[$0] ?? 0) })
    var lines = ["#version: 0.2"]
    while lines.count <= merges, let pair = words.takeMostFrequent(atLeast: minFrequency) {
      lines.append(
        [pair.first, pair.second].map { String(decoding: $0, as: UTF8.self) }
          .joined(separator: " "))
    }
    return lines
  }
}

/// Words as symbols, with the count of each pair of neighbours.
private struct SubwordCounts {
  private struct Pair: Hashable {
    let first: Int
    let second: Int
  }

  /// A pair and the count that it had when it was put into the heap.
  private struct Candidate {
    let count: Int
    let pair: Pair
  }

  private var symbols: [MergeTable.Symbol] = []
  private var numbers: [MergeTable.Symbol: Int] = [:]
  private var words: [(symbols: [Int], count: Int)] = []
  private var counts: [Pair: Int] = [:]
  private var places: [Pair: Set<Int>] = [:]
  private var heap: [Candidate] = []

  init(_ counted: [(word: [UInt8], count: Int)]) {
    for (word, count) in counted {
      var characters = MergeTable.characters(of: word)
      characters[characters.count - 1] += SubwordCodes.wordEnd
      words.append((characters.map { number(of: $0) }, count))
      add(word: words.count - 1, times: count)
    }
    for (pair, count) in counts { push(Candidate(count: count, pair: pair)) }
  }

  /// Joins the pair that occurs most often; nil when none occurs often enough.
  mutating func takeMostFrequent(atLeast least: Int) -> MergeTable.Pair? {
    while let best = pop() {
      // Counts that changed since have an entry of their own.
      guard counts[best.pair] == best.count else { continue }
      guard best.count >= least else { return nil }
      join(best.pair)
      return MergeTable.Pair(
        first: symbols[best.pair.first], second: symbols[best.pair.second])
    }
    return nil
  }

  private mutating func join(_ pair: Pair) {
    let joined = number(of: symbols[pair.first] + symbols[pair.second])
    var changed: Set<Pair> = []
    for word in places[pair] ?? [] {
      let (old, count) = words[word]
      changed.formUnion(add(word: word, times: -count))
      var (new, place) = ([Int](), 0)
      while place < old.count {
        let isPair =
          place + 1 < old.count && old[place] == pair.first && old[place + 1] == pair.second
        new.append(isPair ? joined : old[place])
        place += isPair ? 2 : 1
      }
      words[word].symbols = new
      changed.formUnion(add(word: word, times: count))
    }
    for pair in changed {
      let count = counts[pair] ?? 0
      if count > 0 { push(Candidate(count: count, pair: pair)) } else { counts[pair] = nil }
    }
    (counts[pair], places[pair]) = (nil, nil)
  }

  /// Counts the pairs of a word, or takes them away, and gives them.
  @discardableResult
  private mutating func add(word: Int, times: Int) -> Set<Pair> {
    let list = words[word].symbols
    var pairs: Set<Pair> = []
    for (first, second) in zip(list, list.dropFirst()) {
      let pair = Pair(first: first, second: second)
      counts[pair, default: 0] += times
      pairs.insert(pair)
    }
    for pair in pairs {
      if times > 0 {
        places[pair, default: []].insert(word)
      } else {
        places[pair]?.remove(word)
      }
    }
    return pairs
  }

  private mutating func number(of symbol: MergeTable.Symbol) -> Int {
    if let number = numbers[symbol] { return number }
    numbers[symbol] = symbols.count
    symbols.append(symbol)
    return symbols.count - 1
  }

  /// Whether a candidate comes before another.
  private func isBefore(_ one: Candidate, _ other: Candidate) -> Bool {
    if one.count != other.count { return one.count > other.count }
    if one.pair.first != other.pair.first {
      return isAbove(symbols[one.pair.first], symbols[other.pair.first])
    }
    return isAbove(symbols[one.pair.second], symbols[other.pair.second])
  }

  /// Whether a symbol comes after another in the order of code points, which is that of bytes.
  private func isAbove(_ one: MergeTable.Symbol, _ other: MergeTable.Symbol) -> Bool {
    other.lexicographicallyPrecedes(one)
  }

  private mutating func push(_ candidate: Candidate) {
    heap.append(candidate)
    var place = heap.count - 1
    while place > 0, isBefore(heap[place], heap[(place - 1) / 2]) {
      heap.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  private mutating func pop() -> Candidate? {
    guard let top = heap.first else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var place = 0
    while true {
      var best = place
      for child in [2 * place + 1, 2 * place + 2] where child < heap.count {
        if isBefore(heap[child], heap[best]) { best = child }
      }
      if best == place { return top }
      heap.swapAt(place, best)
      place = best
    }
  }
}

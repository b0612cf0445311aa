import FairlineData

/// How probable each target symbol is beside each source symbol: the first model of Brown and
/// others (1993), trained by expectation maximisation.
///
/// Every source sentence has an empty word besides, to which symbols without a counterpart belong.
package struct WordTranslations {
  /// The empty word stands where no symbol is.
  private static let empty = Vocabulary.pad

  private let inputs: any GenerationInputs
  private let sourceCount: Int
  /// Pairs that occur together, by number.
  private var table = PairTable()
  private var probabilities: [Float] = []

  /// Learns from sources and references.
  ///
  /// - Parameter iterations: passes over the data, at least one.
  package init(_ inputs: any GenerationInputs, sourceSymbols: Int, iterations: Int) {
    self.inputs = inputs
    sourceCount = sourceSymbols
    probabilities = []
    for _ in 0..<max(iterations, 1) { improve() }
  }

  /// The likeliest target symbols of each source symbol, likeliest first.
  package func best(_ count: Int) -> [[Int32]] {
    var lists = [[(symbol: Int32, probability: Float)]](repeating: [], count: sourceCount)
    for (number, pair) in table.pairs.enumerated() where pair.source != Self.empty {
      lists[Int(pair.source)].append((pair.target, probabilities[number]))
    }
    return lists.map { list in
      list.sorted { ($0.probability, $1.symbol) > ($1.probability, $0.symbol) }
        .prefix(count).map(\.symbol)
    }
  }

  /// Counts expected translations with the present probabilities and makes new ones of them.
  private mutating func improve() {
    let isFirst = probabilities.isEmpty
    var counts = [Float](repeating: 0, count: table.count)
    var totals = [Float](repeating: 0, count: sourceCount)
    var numbers: [Int] = []
    for place in 0..<inputs.count {
      let input = inputs[place]
      let words = [Self.empty] + input.source.filter { $0 != Vocabulary.eos }
      for target in input.reference ?? [] where target != Vocabulary.eos {
        numbers.removeAll(keepingCapacity: true)
        var sum: Float = 0
        for word in words {
          let number = table.number(of: PairTable.Pair(source: word, target: target))
          numbers.append(number)
          sum += isFirst ? 1 : probabilities[number]
        }
        if counts.count < table.count {
          counts.append(contentsOf: repeatElement(0, count: table.count - counts.count))
        }
        guard sum > 0 else { continue }
        for (word, number) in zip(words, numbers) {
          let share = (isFirst ? 1 : probabilities[number]) / sum
          counts[number] += share
          totals[Int(word)] += share
        }
      }
    }
    probabilities = counts.indices.map {
      counts[$0] / max(totals[Int(table.pairs[$0].source)], 1e-20)
    }
  }
}

/// Numbers pairs of symbols in the order in which they are seen: a hash table with open addressing.
package struct PairTable {
  /// A source and a target symbol.
  package struct Pair: Equatable {
    let source: Int32
    let target: Int32
  }

  /// The pairs by number.
  private(set) var pairs: [Pair] = []
  private var slots = [Int32](repeating: -1, count: 1 << 16)

  /// The number of pairs.
  package var count: Int { pairs.count }

  /// The number of a pair, which is a new one when it was not seen yet.
  package mutating func number(of pair: Pair) -> Int {
    if pairs.count * 2 > slots.count { grow() }
    let place = slot(of: pair)
    if slots[place] >= 0 { return Int(slots[place]) }
    slots[place] = Int32(pairs.count)
    pairs.append(pair)
    return pairs.count - 1
  }

  private func slot(of pair: Pair) -> Int {
    let key =
      UInt64(UInt32(bitPattern: pair.source)) << 32 | UInt64(UInt32(bitPattern: pair.target))
    var word = key &* 0x9e37_79b9_7f4a_7c15
    word ^= word >> 32
    var place = Int(truncatingIfNeeded: word & UInt64(slots.count - 1))
    while slots[place] >= 0, pairs[Int(slots[place])] != pair {
      place = (place + 1) & (slots.count - 1)
    }
    return place
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (number, pair) in pairs.enumerated() { slots[slot(of: pair)] = Int32(number) }
  }
}

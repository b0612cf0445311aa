public import Fairline
import FairlineData

/// Which target symbols each source symbol is translated with, learned from training data.
///
/// A sentence is then translated with the symbols of its words and the most frequent ones, instead
/// of the whole dictionary.
public struct Shortlist: Sendable, Equatable {
  /// The most frequent target symbols, special ones included.
  public let frequent: [Int32]
  /// For each source symbol, where its symbols begin in ``symbols``; at the end the number of all.
  public let offsets: [Int32]
  /// The target symbols of all source symbols, likeliest first.
  public let symbols: [Int32]
  /// The number of target symbols in the dictionary.
  public let targetSymbols: Int
  /// What identifies the dictionaries.
  public let identity: [String: String]
  /// What is added besides.
  package let additions: Additions

  /// What sentences may be translated with besides the symbols of the lists.
  package struct Additions: Sendable, Equatable {
    /// Whether the symbols of the source are added, where both sides have the same dictionary.
    package var source = false
    /// Frequent symbols are added until the number of all, `<s>` and padding apart, is a multiple
    /// of this.
    package var multiple = 1
    /// The first of these; the next ones follow.
    package var next: Int32 = 0

    /// Nothing is added.
    package init() {}
  }

  /// Puts a shortlist together.
  ///
  /// - Parameter lists: for each source symbol, its target symbols, likeliest first.
  public init(
    lists: [[Int32]], frequent: [Int32], targetSymbols: Int, identity: [String: String] = [:]
  ) {
    self.init(
      lists: lists, frequent: frequent, targetSymbols: targetSymbols, identity: identity,
      adding: Additions())
  }

  /// Puts a shortlist together that adds symbols to its lists.
  package init(
    lists: [[Int32]], frequent: [Int32], targetSymbols: Int, identity: [String: String],
    adding additions: Additions
  ) {
    let special = [Vocabulary.bos, Vocabulary.pad, Vocabulary.eos, Vocabulary.unk]
    self.frequent = Set(frequent + special).sorted()
    var offsets: [Int32] = [0]
    for list in lists { offsets.append(offsets[offsets.count - 1] + Int32(list.count)) }
    self.offsets = offsets
    symbols = lists.flatMap { $0 }
    self.targetSymbols = targetSymbols
    self.identity = identity
    self.additions = additions
  }

  /// What a sentence may be translated with, ascending.
  public func candidates(for source: ArraySlice<Int32>) -> [Int32] {
    var found = frequent
    for word in source where word >= 0 && Int(word) < offsets.count - 1 {
      found += symbols[Int(offsets[Int(word)])..<Int(offsets[Int(word) + 1])]
      if additions.source, Int(word) < targetSymbols { found.append(word) }
    }
    found.sort()
    var last: Int32 = -1
    found.removeAll { symbol in
      defer { last = symbol }
      return symbol == last
    }
    return additions.multiple > 1 ? filled(found) : found
  }

  /// Symbols with as many frequent ones more as make a multiple.
  private func filled(_ found: [Int32]) -> [Int32] {
    let uncounted = found.prefix { $0 <= Vocabulary.pad }.count
    var missing = -(found.count - uncounted) % additions.multiple
    if missing < 0 { missing += additions.multiple }
    guard missing > 0 else { return found }
    let known = Set(found)
    var symbol = additions.next
    var more: [Int32] = []
    while missing > 0, Int(symbol) < targetSymbols {
      if !known.contains(symbol) {
        more.append(symbol)
        missing -= 1
      }
      symbol += 1
    }
    return (found + more).sorted()
  }

  /// Refuses a shortlist of other dictionaries.
  ///
  /// - Throws: `UserError` naming the file.
  public func check(against task: any Task, path: String) throws {
    for (name, value) in identity.sorted(by: { $0.key < $1.key }) {
      guard let own = task.identity[name], own != value else { continue }
      throw UserError(
        "\(path) was made with another \(name) (\(value) instead of \(own)): make it with the data "
          + "of the model"
      )
    }
    let (sources, targets) = (task.description.sourceSymbols, task.description.targetSymbols)
    guard targetSymbols == targets, offsets.count - 1 == sources else {
      throw UserError(
        """
        \(path) was made for dictionaries of \(offsets.count - 1) and \(targetSymbols) symbols, \
        not \(sources) and \(targets): make it with the data of the model
        """)
    }
  }
}

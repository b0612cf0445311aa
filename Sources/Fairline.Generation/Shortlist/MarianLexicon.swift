import Fairline
import FairlineData
import FairlineFoundation

/// What is taken from a lexicon: Marian's `--shortlist FILE first best threshold`.
package struct LexiconLimits: Sendable {
  /// How many of the most frequent target symbols are allowed in every sentence.
  package var frequent = 100
  /// How many translations of a source symbol are kept.
  package var best = 100
  /// Translations that are not more probable than this are left out.
  package var threshold = 0.0

  /// Marian's defaults.
  package init() {}
}

/// A lexicon in text, which word aligners write and Marian reads as a shortlist: on each line a
/// target symbol, a source symbol, and how probable the first is beside the second.
///
/// Lines with `NULL` are left out; symbols that are not known stand for the unknown symbol. Of two
/// lines with the same symbols the last counts.
struct MarianLexicon {
  private struct Pair {
    let target: Int32
    let probability: Float
  }

  /// For each source symbol, its pairs in the order of the file.
  private var pairs: [[Pair]]
  private let limits: LexiconLimits
  private let path: String

  private static let empty = "NULL"

  /// Reads a file.
  ///
  /// - Throws: `UserError` naming the line that is none of a lexicon.
  init(_ path: String, _ text: TaskText, _ limits: LexiconLimits) throws {
    self.path = path
    self.limits = limits
    pairs = Array(repeating: [], count: text.source.count)
    let reader = try LineReader(path, flag: "--shortlist")
    var number = 0
    while let line = try reader.next() {
      number += 1
      let words = line.utf8.split { $0 == 0x20 || $0 == 0x09 }
      if words.isEmpty { continue }
      guard words.count == 3, let probability = Float(String(Substring(words[2]))),
        probability.isFinite, probability >= 0
      else { throw Self.unreadable(line: number, path) }
      let (target, source) = (String(Substring(words[0])), String(Substring(words[1])))
      if target == Self.empty || source == Self.empty { continue }
      pairs[Int(text.source.id(of: source))].append(
        Pair(target: text.target.id(of: target), probability: probability))
    }
    guard number > 0 else { throw Self.unreadable(line: 1, path) }
  }

  private static func unreadable(line: Int, _ path: String) -> UserError {
    UserError(
      line == 1
        ? "\(path) is no shortlist: make one with fairline-shortlist"
        : "line \(line) of \(path) is not a target symbol, a source symbol and a probability: "
          + "repair it")
  }

  /// The likeliest pairs of each source symbol.
  func shortlist(for task: any GenerationTask) -> Shortlist {
    let targets = task.text.target.count
    return Shortlist(
      lists: pairs.map(best), frequent: Shortlist.first(limits.frequent, of: targets),
      targetSymbols: targets, identity: task.identity,
      adding: Shortlist.additions(frequent: limits.frequent, task.text))
  }

  /// The targets that are kept; of equally probable ones those of the greater number.
  private func best(of pairs: [Pair]) -> [Int32] {
    var probabilities: [Int32: Float] = [:]
    for pair in pairs { probabilities[pair.target] = pair.probability }
    return probabilities.filter { Double($0.value) > limits.threshold }
      .sorted { ($0.value, $0.key) > ($1.value, $1.key) }
      .prefix(limits.best).map(\.key)
  }
}

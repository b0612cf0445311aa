import Fairline
import Foundation

/// BLEU on token numbers (Papineni 2002), as fairseq's own scorer counts it.
///
/// One reference a sentence, no smoothing over the corpus. Padding is cut from both ends, the end
/// symbol from the right; the first token always stays. An unknown word in the reference matches
/// nothing.
package struct TokenBLEU {
  /// The greatest length of n-grams that is counted.
  static let maximumOrder = 4

  /// Tokens of all references.
  package private(set) var referenceLength = 0
  /// Tokens of all hypotheses.
  package private(set) var systemLength = 0
  /// n-grams of all hypotheses that their references have, by length from 1.
  package private(set) var matches: [Int]
  /// n-grams of all hypotheses, by length from 1.
  package private(set) var counts: [Int]
  private let pad: Int32
  private let eos: Int32
  private let unknown: Int32
  private var counter = NGramCounter()

  /// A scorer that knows the special tokens.
  ///
  /// - Parameters:
  ///   - pad: the padding.
  ///   - eos: the end of a sentence.
  ///   - unknown: the unknown word.
  ///   - isSmoothed: one match of one n-gram in advance for all lengths above 1, for single
  ///     sentences.
  package init(pad: Int = 1, eos: Int = 2, unknown: Int = 3, isSmoothed: Bool = false) {
    self.pad = Int32(pad)
    self.eos = Int32(eos)
    self.unknown = Int32(unknown)
    let start = isSmoothed ? 1 : 0
    matches = [0, start, start, start]
    counts = [0, start, start, start]
  }

  /// Forgets all sentences.
  package mutating func reset(isSmoothed: Bool = false) {
    let start = isSmoothed ? 1 : 0
    (referenceLength, systemLength) = (0, 0)
    matches = [0, start, start, start]
    counts = [0, start, start, start]
  }

  /// Adds a sentence.
  package mutating func add(reference: [Int], hypothesis: [Int]) {
    add(reference: reference.map(Int32.init), hypothesis: hypothesis.map(Int32.init))
  }

  package mutating func add(reference: [Int32], hypothesis: [Int32]) {
    let reference = trimmed(reference).map { $0 == unknown ? -999 : $0 }
    let hypothesis = trimmed(hypothesis)
    referenceLength += reference.count
    systemLength += hypothesis.count
    let found = counter.matches(hypothesis, [reference], order: Self.maximumOrder)
    for n in 0..<Self.maximumOrder {
      counts[n] += max(0, hypothesis.count - n)
      matches[n] += found[n]
    }
  }

  private func trimmed(_ tokens: [Int32]) -> [Int32] {
    var rest = tokens[...]
    while rest.first == pad { rest.removeFirst() }
    while rest.count > 1, let last = rest.last, last == eos || last == pad { rest.removeLast() }
    return Array(rest)
  }

  /// The share of n-grams that match, by length from 1; 0 where there are none.
  package var precisions: [Double] {
    zip(matches, counts).map { $1 > 0 ? Double($0) / Double($1) : 0 }
  }

  /// The brevity penalty: `min(1, exp(1 − r/s))`; 0 for an empty output.
  package var brevityPenalty: Double {
    guard systemLength > 0 else { return 0 }
    return min(1, exp(1 - Double(referenceLength) / Double(systemLength)))
  }

  /// The score in percent over n-grams up to `order` (1 to 4).
  package func score(order: Int = 4) -> Double {
    precondition((1...Self.maximumOrder).contains(order), "BLEU's order is between 1 and 4")
    let used = precisions.prefix(order)
    guard !used.contains(0) else { return 0 }
    return brevityPenalty * exp(used.map { log($0) }.reduce(0, +) / Double(order)) * 100
  }

  /// The score as fairseq prints it: `BLEU4 = 40.83, 67.5/46.9/34.4/25.5 (BP=1.000, …)`.
  package func description(order: Int = 4) -> String {
    func text(_ value: Double, _ digits: Int) -> String { NumberText.fixed(value, digits) }
    let ratio = referenceLength > 0 ? Double(systemLength) / Double(referenceLength) : 0
    let parts = precisions.prefix(order).map { text($0 * 100, 1) }.joined(separator: "/")
    return
      "BLEU\(order) = \(text(score(order: order), 2)), \(parts) (BP=\(text(brevityPenalty, 3)), "
      + "ratio=\(text(ratio, 3)), syslen=\(systemLength), reflen=\(referenceLength))"
  }
}

public import Fairline
import Foundation

/// How n-grams without a match are kept from making BLEU zero (Chen and Cherry 2014).
public enum BLEUSmoothing: String, CaseIterable, Codable, Sendable, OptionValue {
  /// Half, a quarter, an eighth … of a match, as the NIST script has it.
  case exp
  /// A small number of matches, 0.1 unless told otherwise.
  case floor
  /// A number, 1 unless told otherwise, on matches and counts of all lengths above 1.
  case addK = "add-k"
  /// Not at all.
  case none

  /// The value that is used when none is given; nil for methods that take none.
  var usualValue: Double? {
    switch self {
    case .floor: 0.1
    case .addK: 1
    case .exp, .none: nil
    }
  }
}

/// BLEU on plain text with sacreBLEU's tokenizers, smoothing and signature (Post 2018).
public struct SacreBLEU: Sendable {
  /// The release of sacreBLEU whose scores these are.
  static let parityVersion = "2.6.0"

  /// How sentences are cut into words.
  public var tokenizer = BLEUTokenizer.v13a
  /// Whether all is compared in small letters.
  package var isLowercase = false
  /// What happens to n-grams without a match.
  public var smoothing = BLEUSmoothing.exp
  /// The smoothing's number; its usual one when nil.
  package var smoothingValue: Double?
  /// The greatest length of n-grams.
  public var order = 4
  /// Whether lengths that the output has no n-grams of are left out; for single sentences.
  package var usesEffectiveOrder = false

  /// The standard settings.
  public init() {}

  /// The score of a corpus.
  ///
  /// - Parameters:
  ///   - hypotheses: the output, a sentence each.
  ///   - references: one or more streams, each with a sentence for every one of the output. An
  ///     empty sentence is a reference as others are.
  /// - Throws: ``ScoreError`` when the streams have different lengths.
  public func score(_ hypotheses: [String], references: [[String]]) throws -> BLEUScore {
    try ScoreError.checkLengths(hypotheses, references)
    var counts = BLEUCounts(order: order)
    var interner = WordInterner()
    var counter = NGramCounter()
    for (index, hypothesis) in hypotheses.enumerated() {
      counts.add(
        words(hypothesis, &interner), references.map { words($0[index], &interner) }, &counter)
    }
    return score(counts, signature: signature(references: String(references.count)))
  }

  /// The score of one sentence, with the effective order.
  package func sentenceScore(_ hypothesis: String, references: [String]) -> BLEUScore {
    var settings = self
    settings.usesEffectiveOrder = true
    var counts = BLEUCounts(order: order)
    var interner = WordInterner()
    var counter = NGramCounter()
    counts.add(
      words(hypothesis, &interner), references.map { words($0, &interner) }, &counter)
    let signature = settings.signature(references: String(references.count))
    return settings.score(counts, signature: signature)
  }

  /// The settings as sacreBLEU abbreviates them, so that scores can be compared.
  public func signature(references: String) -> String {
    var method = smoothing.rawValue
    if let usual = smoothing.usualValue {
      method += "[\(NumberText.fixed(smoothingValue ?? usual, 2))]"
    }
    return [
      "nrefs:\(references)", "case:\(isLowercase ? "lc" : "mixed")",
      "eff:\(usesEffectiveOrder ? "yes" : "no")", "tok:\(tokenizer.rawValue)", "smooth:\(method)",
      "version:\(Self.parityVersion)",
    ].joined(separator: "|")
  }

  private func words(_ sentence: String, _ interner: inout WordInterner) -> [Int32] {
    tokenizer.tokenize(isLowercase ? SmallLetters.of(sentence) : sentence).withUnsafeBufferPointer {
      interner.numbers($0)
    }
  }

  private func score(_ counts: BLEUCounts, signature: String) -> BLEUScore {
    var result = BLEUScore(
      score: 0, matches: counts.matches.map(Double.init), counts: counts.counts.map(Double.init),
      precisions: [Double](repeating: 0, count: order), brevityPenalty: counts.brevityPenalty,
      systemLength: counts.systemLength, referenceLength: counts.referenceLength,
      signature: signature)
    guard counts.matches.contains(where: { $0 > 0 }) else { return result }
    let value = smoothingValue ?? smoothing.usualValue ?? 0
    var used = order
    var missed = 1.0
    for n in 0..<order {
      if smoothing == .addK, n > 0 {
        result.matches[n] += value
        result.counts[n] += value
      }
      guard result.counts[n] > 0 else { break }
      if usesEffectiveOrder { used = n + 1 }
      if result.matches[n] > 0 {
        result.precisions[n] = 100 * result.matches[n] / result.counts[n]
      } else if smoothing == .exp {
        missed *= 2
        result.precisions[n] = 100 / (missed * result.counts[n])
      } else if smoothing == .floor {
        result.precisions[n] = 100 * value / result.counts[n]
      }
    }
    let logs = result.precisions.prefix(used).map { $0 > 0 ? Foundation.log($0) : -9_999_999_999 }
    let mean = logs.reduce(0, +) / Double(used)
    result.score = result.brevityPenalty * Foundation.exp(mean)
    return result
  }
}

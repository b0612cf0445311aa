import Fairline
import Foundation

/// A BLEU score with what it was computed from.
public struct BLEUScore: Equatable, Sendable, CustomStringConvertible {
  /// The score in percent.
  public var score: Double
  /// Matching n-grams by length from 1, with what smoothing added.
  public var matches: [Double]
  /// All n-grams of the output by length from 1, with what smoothing added.
  public var counts: [Double]
  /// Their ratios in percent, smoothed.
  public var precisions: [Double]
  /// The penalty for an output that is too short, at most 1.
  public var brevityPenalty: Double
  /// The words of the output.
  public var systemLength: Int
  /// The words of the references that are nearest in length.
  public var referenceLength: Int
  /// The settings, as sacreBLEU abbreviates them.
  public var signature: String

  /// The score as sacreBLEU prints it: `BLEU = 40.83 67.5/46.9/34.4/25.5 (BP = 1.000 …)`.
  public var description: String {
    func text(_ value: Double, _ digits: Int) -> String { NumberText.fixed(value, digits) }
    let ratio = referenceLength > 0 ? Double(systemLength) / Double(referenceLength) : 0
    let parts = precisions.map { text($0, 1) }.joined(separator: "/")
    return "BLEU = \(text(score, 2)) \(parts) (BP = \(text(brevityPenalty, 3)) "
      + "ratio = \(text(ratio, 3)) hyp_len = \(systemLength) ref_len = \(referenceLength))"
  }
}

/// What BLEU sums over a corpus.
struct BLEUCounts {
  var matches: [Int]
  var counts: [Int]
  var systemLength = 0
  var referenceLength = 0

  init(order: Int) {
    matches = [Int](repeating: 0, count: order)
    counts = matches
  }

  /// Adds a sentence; of the references the one nearest in length counts, the shorter of two.
  mutating func add(_ hypothesis: [Int32], _ references: [[Int32]], _ counter: inout NGramCounter) {
    let found = counter.matches(hypothesis, references, order: matches.count)
    for n in matches.indices {
      matches[n] += found[n]
      counts[n] += max(0, hypothesis.count - n)
    }
    systemLength += hypothesis.count
    let lengths = references.map(\.count)
    referenceLength +=
      lengths.min {
        (abs($0 - hypothesis.count), $0) < (abs($1 - hypothesis.count), $1)
      } ?? 0
  }

  var brevityPenalty: Double {
    guard systemLength < referenceLength else { return 1 }
    guard systemLength > 0 else { return 0 }
    return exp(1 - Double(referenceLength) / Double(systemLength))
  }
}

/// A mistake in what is to be scored.
public enum ScoreError: Error, Equatable, CustomStringConvertible {
  /// Output and references with different numbers of sentences.
  case lengths(system: Int, reference: Int)
  /// Nothing to score, or nothing to compare with.
  case empty

  /// One sentence with the remedy.
  public var description: String {
    switch self {
    case .lengths(let system, let reference):
      "--sys has \(system) lines and --ref has \(reference): give one reference line for each"
    case .empty: "there is nothing to score: --sys and --ref need at least one line"
    }
  }

  package static func checkLengths(_ hypotheses: [String], _ references: [[String]]) throws {
    for stream in references where stream.count != hypotheses.count {
      throw ScoreError.lengths(system: hypotheses.count, reference: stream.count)
    }
    guard !references.isEmpty, !hypotheses.isEmpty else { throw ScoreError.empty }
  }
}

import Foundation

/// Adds up how well a text was predicted.
public struct PerplexityTally: Sendable {
  private let joining: WordJoining
  private var sum = 0.0
  /// The words that counted.
  public private(set) var count = 0
  private var statistics = WordStatistics()

  /// Begins with nothing.
  public init(_ joining: WordJoining) { self.joining = joining }

  /// Adds a block.
  ///
  /// - Returns: the block's words.
  @discardableResult
  public mutating func add(_ block: ScoredBlock) -> ScoredWords {
    let words = ScoredWords(block, joining)
    sum += words.sum
    count += words.count
    statistics.add(words.words)
    return words
  }

  /// The mean negative logarithm of a word's probability, in bits; 0 for no words.
  public var loss: Double { count > 0 ? -sum / Double(count) / M_LN2 : 0 }

  /// Two to the power of the loss.
  public var perplexity: Double { pow(2, loss) }

  /// The result as fairseq prints it.
  public var line: String {
    String(format: "Loss (base 2): %.4f, Perplexity: %.2f", loss, perplexity)
  }

  /// A line for each word, frequent words first.
  ///
  /// It has the word, its number, the sum of its scores, whether it was divided where it came
  /// first, the sum of the scores behind it, and how many those are.
  public var wordLines: [String] { statistics.lines }
}

/// What was measured of each word.
struct WordStatistics: Sendable {
  private struct Row: Sendable {
    var word: String
    var isDivided: Bool
    var count = 0
    var sum = 0.0
    var next: Float = 0
    var followed = 0

    var line: String {
      let nextText = followed > 0 ? "\(Double(next))" : "0"
      return "\(word)\t\(count)\t\(sum)\t\(isDivided ? "True" : "False")\t\(nextText)\t\(followed)"
    }
  }

  private var rows: [Row] = []
  private var places: [String: Int] = [:]

  mutating func add(_ words: [ScoredWord]) {
    for word in words where !word.isCut {
      let place = places[word.text] ?? rows.count
      if place == rows.count {
        places[word.text] = place
        rows.append(Row(word: word.text, isDivided: word.isDivided))
      }
      rows[place].count += 1
      rows[place].sum += Double(word.score)
      guard let next = word.next else { continue }
      rows[place].next += next
      rows[place].followed += 1
    }
  }

  /// Frequent words first; of equally frequent ones, the one that came first.
  var lines: [String] { rows.sorted { $0.count > $1.count }.map(\.line) }  // stable
}

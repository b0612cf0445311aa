import Fairline
import FairlineData

/// Puts source words in place of unknown symbols: the word that the symbol attended to most, or
/// what a dictionary has for it (Luong and others 2015, "Addressing the rare word problem").
public struct UnknownWords: Sendable, Equatable {
  /// What stands for source words; others stand for themselves.
  public let words: [String: String]

  /// Source words stand for themselves, unless there is something else for them.
  public init(_ words: [String: String] = [:]) { self.words = words }

  /// Reads a file of lines `word translation`; an empty path stands for no file.
  ///
  /// - Throws: `UserError` naming the line that lacks a word.
  public init(path: String) throws {
    var words: [String: String] = [:]
    if !path.isEmpty {
      let reader = try LineReader(path, flag: "--replace-unk", patience: 10)
      for (number, line) in try reader.rest().enumerated() {
        let fields = line.split(whereSeparator: \.isWhitespace)
        guard fields.count >= 2 else {
          throw UserError(
            "--replace-unk: line \(number + 1) of \(path) has no two words: write a source word "
              + "and what stands for it")
        }
        words[String(fields[0])] = String(fields[1])
      }
    }
    self.words = words
  }

  /// The units of an output with its unknown symbols replaced.
  ///
  /// As in fairseq, a unit's number is the number of the symbol whose attention counts, also where
  /// symbols were joined to words. A symbol that attends to nothing stays.
  ///
  /// - Parameters:
  ///   - units: the output between spaces.
  ///   - source: the source's words between spaces.
  func replacing(in units: String, of output: Hypothesis, source: String) -> String {
    let all = units.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    guard all.contains(Vocabulary.unkSymbol), let attention = output.attention else { return units }
    let words = source.split(whereSeparator: \.isWhitespace).map(String.init) + ["<eos>"]
    let replaced = all.enumerated().map { place, unit in
      guard unit == Vocabulary.unkSymbol, place < attention.count,
        let best = attention[place].indices.max(by: { attention[place][$0] < attention[place][$1] }
        ),
        best < words.count
      else { return unit }
      return self.words[words[best]] ?? words[best]
    }
    return replaced.joined(separator: " ")
  }
}

import FairlinePrograms

/// Scores of any text against any other.
///
/// The first byte chooses the metric, the rest is divided in two by the first form feed.
struct ScoresTarget: FuzzTarget {
  private static let choices = [
    ["--metric", "bleu"], ["--sacrebleu"], ["--sacrebleu", "--sacrebleu-tokenizer", "intl"],
    ["--sacrebleu", "--sacrebleu-tokenizer", "zh"], ["--chrf", "--chrf-word-order", "2"],
    ["--ter"], ["--ter", "--ter-normalized", "--ter-asian-support", "--ter-no-punct"],
    ["--sentence-bleu"], ["--metric", "bleu", "--ignore-case", "--order", "16"],
  ]

  func seeds() -> [[UInt8]] {
    Self.choices.indices.map { choice in
      [UInt8(choice)] + Array("a b c d, 1.5 e\nÄ \u{4E2D}\u{6587}.\n\u{C}a b d c\n&quot; f\n".utf8)
    }
  }

  var tokens: [String] {
    [
      "&amp;", "\u{C}", "\u{85}", "\u{2028}", "\u{FEFF}", "\u{4E2D}", "a\u{301}", "\u{1F468}",
      "1,000.5",
    ]
  }

  func read(_ bytes: [UInt8]) throws {
    if bytes.isEmpty { return }
    let text = bytes.dropFirst()
    let middle = text.firstIndex(of: 0x0C) ?? text.endIndex
    try Files.write(text[..<middle], "system")
    try Files.write(text[middle...].dropFirst(), "reference")
    let choice = Self.choices[Int(bytes[0]) % Self.choices.count]
    let code = ScoreCommand.main(arguments: ["--sys", "system", "--ref", "reference"] + choice)
    precondition(0...2 ~= code, "exit code \(code)")
  }
}

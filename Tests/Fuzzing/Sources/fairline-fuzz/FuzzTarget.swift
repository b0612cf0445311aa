import FairlineTesting

/// Something that reads what others wrote.
protocol FuzzTarget: Sendable {
  /// Inputs to begin from, all of them sound.
  func seeds() throws -> [[UInt8]]
  /// Words that inputs are likely to contain.
  var tokens: [String] { get }
  /// Another input that keeps the form of this one; nil where there is none.
  func variant(of bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8]?
  /// Reads an input. An error is a right answer; a trap, endless work and much memory are not.
  func read(_ bytes: [UInt8]) throws
}

extension FuzzTarget {
  var tokens: [String] { [] }
  func variant(of bytes: [UInt8], _ numbers: inout SeededNumbers) -> [UInt8]? { nil }
}

/// The targets by name.
enum FuzzTargets {
  static let all: [String: @Sendable () throws -> any FuzzTarget] = [
    "arguments": { ArgumentsTarget() },
    "checkpoint": { try CheckpointTarget() },
    "config": { try ConfigTarget() },
    "ctranslate2": { try CTranslate2Target() },
    "dictionary": { DictionaryTarget() },
    "huggingface": { try HuggingFaceTarget() },
    "index": { IndexTarget() },
    "json": { JSONTarget() },
    "lexicon": { try LexiconTarget() },
    "marian": { try MarianTarget() },
    "scores": { ScoresTarget() },
    "search": { try SearchTarget() },
    "sentencepiece": { SentencePieceTarget() },
    "settings": { try SettingsTarget() },
    "shortlist": { ShortlistTarget() },
    "solver": { SolverTarget() },
    "tensors": { try TensorsTarget() },
    "torch": { try TorchTarget() },
    "translation": { try TranslationTarget() },
    "yaml": { try YAMLTarget() },
  ]
}

/// Numbers and texts that break what trusts them.
enum Hostile {
  static let numbers = [
    "-1", "0", "1", "-0", "-5", "1e9", "1e999", "-1e999", "nan", "inf", "-inf", "0.5", "1e-320",
    "2147483647", "2147483648", "-2147483649", "4294967296", "1000000000", "1000000000000",
    "4611686018427387904", "9223372036854775807", "-9223372036854775808", "18446744073709551616",
  ]
  static let texts = [
    "", " ", "{}", "[]", "null", "true", "\u{FEFF}", "\u{0}", "é", "--", "-", "a:b",
  ]
}

import Fairline
import FairlineData
import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

/// Tokenizers against the programs that they are from, line by line.
@Suite struct SubwordTests {
  private static func path(_ name: String) throws -> String {
    let folder = try #require(FixtureFolder.all("tokenizers").first)
    return folder.url.appendingPathComponent(name).path
  }

  private static func lines(_ name: String) throws -> [String] {
    let lines = try TextFile(try path(name)).lines()
    #expect(lines.count > 100)
    return lines
  }

  private static func tokenizer(_ name: String, _ flags: [String]) throws -> any Tokenizer {
    let selection = try Catalog([StandardTokenizers.self]).tokenizers.select(name)
    _ = try CommandLineParser(program: "p", drafts: [selection.draft]).parse(flags)
    return try selection.build(TokenizerContext())
  }

  @Test(arguments: [
    ("subword_nmt", "codes.v1", "test.v1"), ("subword_nmt", "codes.v2", "test.v2"),
    ("fastbpe", "codes.fastbpe", "test.v2"), ("fastbpe", "codes.v2", "test.v2"),
  ])
  func wordsAreDividedAsBySubwordNMT(_ name: String, _ codes: String, _ divided: String) throws {
    let tokenizer = try Self.tokenizer(name, ["--bpe-codes", Self.path(codes)])
    let (texts, expected) = (try Self.lines("test.txt"), try Self.lines(divided))
    #expect(texts.count == expected.count)
    for (text, expected) in zip(texts, expected) {
      // Once more, as words are kept.
      for _ in 0..<2 {
        #expect(Array(try tokenizer.units(of: text).utf8) == Array(expected.utf8), "\(text)")
      }
    }
  }

  @Test func unitsAreJoined() throws {
    let tokenizer = try Self.tokenizer("subword_nmt", ["--bpe-separator", "~"])
    #expect(tokenizer.text(of: "lo~ w~ er and a~") == "lower and a")
    #expect(message { _ = try tokenizer.units(of: "lower") }.contains("--bpe-codes"))
    #expect(
      message { _ = try Self.tokenizer("fastbpe", ["--bpe-separator", " "]) }
        .contains("--bpe-separator"))
  }

  @Test func badCodesAreNamed() throws {
    let folder = try TemporaryFolder()
    for (text, part) in [
      ("a b\nc\n", "line 2"), ("#version: 0.3\na b\n", "version"), ("a b c\n", "line 1"),
    ] {
      try folder.write("codes", text)
      let said = message { _ = try Self.tokenizer("fastbpe", ["--bpe-codes", folder("codes")]) }
      #expect(said.contains(part) && said.contains("codes"))
    }
  }

  @Test func codesAreLearntAsBySubwordNMT() throws {
    var learning = SubwordLearning()
    learning.merges = 300
    let learnt = try learning.learn(from: [try Self.path("train.txt")])
    #expect(learnt == (try Self.lines("codes.v2")))
    // Words that occur in several files are counted together; rare pairs are not learnt.
    let folder = try TemporaryFolder()
    try folder.write("a", "xx xx ab\n")
    try folder.write("b", "  xx\tcd \nab\n\nq\n")
    let both = try learning.learn(from: [folder("a"), folder("b")])
    #expect(both == ["#version: 0.2", "x x</w>", "a b</w>"])
    try folder.write("c", " \n\n")
    #expect(message { _ = try learning.learn(from: [folder("c")]) }.contains("no words"))
  }

  @Test(arguments: ["gpt2", "hf_byte_bpe"])
  func bytesAreDividedAsByTokenizers(_ name: String) throws {
    let isGPT2 = name == "gpt2"
    let flags = [
      isGPT2 ? "--gpt2-encoder-json" : "--bpe-vocab", try Self.path("vocab.json"),
      isGPT2 ? "--gpt2-vocab-bpe" : "--bpe-merges", try Self.path("merges.txt"),
    ]
    let tokenizer = try Self.tokenizer(name, flags)
    let (texts, expected) = (try Self.lines("test.txt"), try Self.lines("test.ids"))
    let decoded = try JSONDecoder().decode(
      [String].self,
      from: Data(contentsOf: URL(fileURLWithPath: try Self.path("test.decoded.json"))))
    #expect(texts.count == expected.count && texts.count == decoded.count)
    for (place, text) in texts.enumerated() {
      #expect(try tokenizer.units(of: text) == expected[place])
      #expect(Array(tokenizer.text(of: expected[place]).utf8) == Array(decoded[place].utf8))
    }
    #expect(message { _ = try Self.tokenizer(name, Array(flags.prefix(2))) }.contains(flags[2]))
  }

  @Test func aSpaceMayBePutBefore() throws {
    let tokenizer = try Self.tokenizer(
      "hf_byte_bpe",
      [
        "--bpe-vocab", Self.path("vocab.json"), "--bpe-merges", Self.path("merges.txt"),
        "--bpe-add-prefix-space",
      ])
    for (text, expected) in zip(try Self.lines("test.txt"), try Self.lines("test.spaced.ids")) {
      #expect(try tokenizer.units(of: text) == expected)
    }
    // White space of other kinds is no space.
    #expect(try tokenizer.units(of: "\u{85}") == "220 126 227")
    #expect(try tokenizer.units(of: "\u{A0} .]") == "220 126 254 220 13 60")
  }

  @Test func charactersAreDivided() throws {
    let tokenizer = try Self.tokenizer("characters", [])
    #expect(try tokenizer.units(of: "ab ö") == "a b \u{2581} ö")
    #expect(tokenizer.text(of: "a b \u{2581} ö") == "ab ö")
    for text in try Self.lines("test.txt") {
      let units = try tokenizer.units(of: text)
      #expect(Array(tokenizer.text(of: units).utf8) == Array(text.utf8))
    }
  }

  @Test func bytesAreDividedAsByFairseq() throws {
    let tokenizer = try Self.tokenizer("bytes", [])
    // fairseq's: what cannot be printed stands 256 above its byte, runs of white space are one.
    #expect(try tokenizer.units(of: "a\t ü\n") == "a \u{2581} Ã ¼ \u{2581}")
    #expect(try tokenizer.units(of: "日") == "æ \u{0197} ¥")
    #expect(tokenizer.text(of: "æ \u{0197} ¥ \u{2581} a") == "日 a")
    // A byte is missing: the characters that are whole are kept.
    #expect(tokenizer.text(of: "x æ \u{0197} \u{2581} a") == "x a")
    #expect(tokenizer.text(of: "æ").isEmpty)
    let pieces = try Self.tokenizer("byte_bpe", [])
    #expect(message { _ = try pieces.units(of: "a") }.contains("--sentencepiece-model-path"))
    #expect(pieces.text(of: "x\u{2581} a") == "x a")
  }
}

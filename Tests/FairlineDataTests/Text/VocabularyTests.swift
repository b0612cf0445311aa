import FairlineData
import FairlineTesting
import Foundation
import Testing

@Suite struct VocabularyTests {
  @Test func specialSymbolsComeFirst() {
    let vocabulary = Vocabulary()
    #expect(["<s>", "<pad>", "</s>", "<unk>"].map(vocabulary.id(of:)) == [0, 1, 2, 3])
    #expect(vocabulary.count == 4)
  }

  @Test func finalizingSortsByCount() {
    var vocabulary = Vocabulary()
    let lines = ["A B C D", "B C D", "C D", "D"]
    for line in lines {
      for word in line.split(separator: " ") { vocabulary.add(String(word)) }
    }
    #expect(vocabulary.encode("A B C D") == [4, 5, 6, 7, 2])
    vocabulary.finalize(paddingFactor: 1)
    #expect(vocabulary.encode("A B C D") == [7, 6, 5, 4, 2])
    #expect(vocabulary.encode("A B", appendEOS: false, reversed: true) == [6, 7])
  }

  @Test func equalCountsAreOrderedByCodePoints() {
    var vocabulary = Vocabulary()
    for (symbol, count) in [
      ("b", 2), ("a", 2), ("c", 3), ("\u{E9}", 1), ("e\u{301}", 1), ("Z", 1), ("z", 1),
    ] { vocabulary.add(symbol, count: count) }
    vocabulary.finalize(paddingFactor: 1)
    let symbols = (4..<Int32(vocabulary.count)).map { Array(vocabulary.symbol($0).unicodeScalars) }
    let expected = ["c", "a", "b", "Z", "e\u{301}", "z", "\u{E9}"].map { Array($0.unicodeScalars) }
    #expect(symbols == expected)
  }

  @Test func limitsCutAndPaddingFills() {
    var vocabulary = Vocabulary()
    for (symbol, count) in [("a", 5), ("b", 4), ("c", 3), ("d", 2), ("e", 1)] {
      vocabulary.add(symbol, count: count)
    }
    var limited = vocabulary
    limited.finalize(wordLimit: 6, paddingFactor: 8)
    #expect(limited.count == 8)
    #expect((4..<8).map { limited.symbol($0) } == ["a", "b", "madeupword0000", "madeupword0001"])
    var frequent = vocabulary
    frequent.finalize(threshold: 3, paddingFactor: 0)
    #expect(frequent.count == 7)
    var tiny = vocabulary
    tiny.finalize(wordLimit: 2, paddingFactor: 1)
    #expect(tiny.count == 4)
  }

  static let foreign = """
    <unk> 999 #fairseq:overwrite
    <s> 999 #fairseq:overwrite
    </s> 999 #fairseq:overwrite
    , 999
    \u{2581}de 999

    """

  @Test func overwritingGivesNewIds() throws {
    let folder = try TemporaryFolder()
    let vocabulary = try Vocabulary(contentsOf: folder.write("dict.txt", Self.foreign))
    let symbols = ["<pad>", "unheard", "<unk>", "<s>", "</s>", ",", "\u{2581}de"]
    #expect(symbols.map(vocabulary.id(of:)) == [1, 3, 4, 5, 6, 7, 8])
    try vocabulary.save(to: folder("again.txt"))
    #expect(try folder.bytes("again.txt") == Array(Self.foreign.utf8))
  }

  @Test func duplicatesWithoutTheFlagAreAnError() throws {
    let folder = try TemporaryFolder()
    let text = Self.foreign.replacingOccurrences(of: " #fairseq:overwrite", with: "")
    let path = try folder.write("dict.txt", text)
    let error = message { _ = try Vocabulary(contentsOf: path) }
    #expect(error.contains("dict.txt:1") && error.contains("#fairseq:overwrite"))
  }

  @Test func aTokenMayBeASpace() throws {
    let folder = try TemporaryFolder()
    let vocabulary = try Vocabulary(
      contentsOf: folder.write("dict.txt", "  999\na b 3 \t\r\ne\u{301} 2\n\u{E9} 1"))
    #expect((4..<8).map { vocabulary.symbol($0).utf8.count } == [1, 3, 3, 2])
    #expect(vocabulary.symbol(4) == " ")
    let lines = String(decoding: vocabulary.serialized, as: UTF8.self)
    #expect(lines == "  999\na b 3\ne\u{301} 2\n\u{E9} 1\n")
  }

  @Test(arguments: [
    ("word\n", ":1"), ("a 1\nb x\n", ":2"), ("a 1\n\nb 2\n", ":2"), ("a 1\nb 1.5\n", ":2"),
    ("a #fairseq:overwrite\n", ":1"),
  ])
  func badLinesNameFileAndLine(_ text: String, _ place: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("dict.txt", text)
    let error = message { _ = try Vocabulary(contentsOf: path) }
    #expect(error.hasPrefix(path + place + ": ") && error.contains("<token> <count>"))
  }

  @Test func invalidUTF8NamesTheLine() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("dict.txt", Array("a 1\nb".utf8) + [0xFF] + Array(" 1\n".utf8))
    #expect(message { _ = try Vocabulary(contentsOf: path) }.hasPrefix(path + ":2: "))
    #expect(message { _ = try Vocabulary(contentsOf: folder("none")) }.contains("none"))
    #expect(message { _ = try Vocabulary(contentsOf: folder.path) }.contains("folder"))
  }

  @Test func savingIsTheInverseOfLoading() throws {
    let folder = try TemporaryFolder()
    var vocabulary = Vocabulary()
    for word in ["a", "b", "a", "\u{2581}c", "<unk>"] { vocabulary.add(word) }
    try vocabulary.save(to: folder("dict.txt"))
    #expect(try folder.bytes("dict.txt") == Array("a 2\nb 1\n\u{2581}c 1\n".utf8))
    #expect(try Vocabulary(contentsOf: folder("dict.txt")) == vocabulary)
    #expect(try folder.names == ["dict.txt"])
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs /dev/full"))
  func aFullDiskIsAnError() throws {
    var vocabulary = Vocabulary()
    vocabulary.add("a")
    #expect(message { try vocabulary.save(to: "/dev/full") }.contains("there is no space left"))
  }

  @Test func fingerprintsTellSymbolsAndOrder() {
    func fingerprint(_ words: [String]) -> String {
      var vocabulary = Vocabulary()
      for word in words { vocabulary.add(word) }
      return vocabulary.fingerprint
    }
    #expect(fingerprint(["a", "b"]) == fingerprint(["a", "b", "a"]))
    let all = [["a", "b"], ["b", "a"], ["ab"], ["a"], [], ["\u{E9}"], ["e\u{301}"]]
    #expect(Set(all.map(fingerprint)).count == all.count)
    #expect(all.allSatisfy { fingerprint($0).count == 16 })
    #expect(fingerprint([]) == Vocabulary().fingerprint)
  }

  @Test func decodingLeavesSpecialsOut() {
    var vocabulary = Vocabulary()
    for word in ["a", "b@@", "c"] { vocabulary.add(word) }
    #expect(vocabulary.decode([0, 4, 5, 3, 6, 2]) == "a b@@ <unk> c")
    #expect(vocabulary.decode([4, 3, 2], unknown: .escaped) == "a <<unk>>")
    #expect(vocabulary.decode([4, 3, 2], unknown: .replaced(by: "?")) == "a ?")
    #expect(vocabulary.decode([4, 5, 6], postProcessing: .subwordNMT(marker: "@@ ")) == "a bc")
    #expect(vocabulary.decode([4, 6, 2], ignored: [6]) == "a")
    #expect(vocabulary.decode([99, 1]) == "<unk> <pad>")
  }

  @Test func wordsAreSplitAtUnicodeWhiteSpace() {
    var vocabulary = Vocabulary()
    vocabulary.add("x")
    let spaces: [UInt32] =
      Array(0x09...0x0D) + Array(0x1C...0x20) + [0x85, 0xA0, 0x1680] + Array(0x2000...0x200A)
      + [0x2028, 0x2029, 0x202F, 0x205F, 0x3000]
    for code in UInt32(1)...0x3100 {
      guard let scalar = Unicode.Scalar(code) else { continue }
      let isSpace = spaces.contains(code)
      let words = vocabulary.encode("x\(scalar)x\(scalar)", appendEOS: false)
      #expect(words == (isSpace ? [4, 4] : [3]), "U+\(String(code, radix: 16))")
    }
    #expect(vocabulary.encode("x\u{FEFF}x \u{200B}") == [3, 3, 2])
  }
}

@Suite struct PostProcessingTests {
  @Test(arguments: [
    ("subword_nmt", "a@@ b c@@", "ab c"), ("@@ ", "a@@ b@@ c d", "abc d"),
    ("@@", "a@@ b c", "a b c"), ("sentencepiece", "\u{2581}He llo \u{2581}you", "Hello you"),
    ("wordpiece", "_He llo _you", "Hello you"), ("letter", "H i | y o u |", "Hi you"),
    ("_EOW", "H i_EOW y o u_EOW", "Hi you"), ("silence", "<SIL> a  b<SIL>  c ", "a b c"),
    ("none", " as it is ", " as it is "),
  ])
  func undoesUnits(_ kind: String, _ line: String, _ expected: String) throws {
    #expect(try PostProcessing(kind).apply(to: line) == expected)
  }

  @Test func unknownKindsAreNamed() {
    let error = message { _ = try PostProcessing("morse") }
    #expect(error.contains("'morse'") && error.contains("sentencepiece"))
  }
}

import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

@Suite struct TextFileTests {
  @Test(arguments: [
    ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\n", ["a", ""]),
    ("a\r\nb\r\n", ["a", "b"]), ("a\rb", ["a\rb"]), ("a\r\r\nb\n\rc\r", ["a\r", "b", "\rc\r"]),
    ("a\u{2028}b\u{85}c\u{0B}d\u{0C}e\n", ["a\u{2028}b\u{85}c\u{0B}d\u{0C}e"]),
    ("\u{FEFF}a\n\u{FEFF}", ["a", "\u{FEFF}"]), ("\u{FEFF}", []), ("a\0b\n", ["a\0b"]),
  ])
  func onlyLineFeedsEndLines(_ text: String, _ lines: [String]) throws {
    let folder = try TemporaryFolder()
    let file = TextFile(try folder.write("text", text))
    #expect(try file.lines().map { Array($0.utf8) } == lines.map { Array($0.utf8) })
    #expect(try file.lineCount() == lines.count)
    let reader = try LineReader(file.path, flag: "--input")
    #expect(try reader.rest().map { Array($0.utf8) } == lines.map { Array($0.utf8) })
  }

  static let illFormed: [[UInt8]] = [
    [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
    [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82], [0xFF],
  ]

  @Test(arguments: illFormed)
  func illFormedTextNamesTheLine(_ bytes: [UInt8]) throws {
    let folder = try TemporaryFolder()
    for (before, line) in [("", 1), ("ä\n€\r\nb ", 3), ("a\n\r", 2), ("abcdefgh1234567890\n", 2)] {
      let path = try folder.write("text", Array(before.utf8) + bytes + [0x0A])
      let error = message { _ = try TextFile(path).lines() }
      #expect(error.hasPrefix("\(path):\(line): ") && error.contains("UTF-8"))
    }
  }

  @Test func linesAcrossBlocksStayWhole() throws {
    let folder = try TemporaryFolder()
    var text = ""
    var lines: [String] = []
    var numbers = SeededNumbers(seed: 3)
    for number in 0..<60_000 {
      let line =
        String(repeating: "äb ", count: Int.random(in: 0..<30, using: &numbers)) + "\(number)"
      lines.append(line)
      text += line + (["\n", "\r\n"].randomElement(using: &numbers) ?? "")
    }
    lines.append(String(repeating: "long ", count: 500_000))
    text += lines[lines.count - 1]
    #expect(text.utf8.count > 3 << 20)
    #expect(try TextFile(folder.write("text", text)).lines() == lines)
  }

  @Test func whatHasNoEndIsRefused() {
    let text = message { _ = try TextFile("/dev/zero").lineCount() }
    #expect(text.hasPrefix("'/dev/zero' has a line of more than 64 MB"))
    let bytes = message { _ = try readBytes(of: "/dev/zero", limit: 1 << 20) }
    #expect(bytes.hasPrefix("'/dev/zero' has more than 1 MB"))
  }

  @Test func longLinesTakeTimeInProportion() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "a", count: 30 << 20)
    let path = try folder.write("text", long + "\nb\n")
    var reader = try TextBlockReader(path, blockSize: 1 << 16)
    let seconds = try processorSeconds {
      let count = try reader.next()?.bytes.count
      #expect(count == long.utf8.count + 3)
    }
    // Looking for the end from the beginning again and again takes minutes.
    #expect(seconds < 10)
  }

  @Test func readersNameFlagFileAndLine() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("text", [0x61, 0x0A, 0xE4, 0x0A])
    let broken = message { _ = try LineReader(path, flag: "--input").rest() }
    #expect(broken.hasPrefix("--input: line 2 of the file '\(path)' is not UTF-8"))
    let missing = message { _ = try LineReader("/nowhere/x", flag: "--sys") }
    #expect(missing == "--sys: the file '/nowhere/x' cannot be read: No such file or directory")
    let directory = message { _ = try LineReader("/", flag: "--sys").rest() }
    #expect(directory == "--sys: the file '/' cannot be read: it is a folder")
  }

  @Test func linesOfAStreamWithoutEndAreRefused() throws {
    let text = message { _ = try LineReader("/dev/zero", flag: "--input").next() }
    #expect(text.hasPrefix("--input: line 1 of the file '/dev/zero' has more than 67108864"))
  }

  @Test func whatIsNoFileIsReadOnce() throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "a line of text\n", count: 20_000)
    let lines = text.split(separator: "\n").map(String.init)
    for read in [
      { try TextFile($0).lines() }, { try LineReader($0, flag: "--input").rest() },
    ] as [(String) throws -> [String]] {
      let pipe = folder("pipe")
      #expect(mkfifo(pipe, 0o600) == 0)
      let writer = Thread {
        if let file = fopen(pipe, "w") {
          fputs(text, file)
          fclose(file)
        } else {
          Issue.record("\(pipe) cannot be written to")
        }
      }
      writer.start()
      #expect(try read(pipe) == lines)
      unlink(pipe)
    }
  }

  @Test func missingFilesAreNamed() {
    let text = message { _ = try TextFile("/nowhere/x").lines() }
    #expect(text.hasPrefix("/nowhere/x cannot be read: "))
  }
}

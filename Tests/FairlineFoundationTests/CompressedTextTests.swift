import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

/// Text that other programs have compressed, in two parts one behind the other.
@Suite struct CompressedTextTests {
  private static let text = "ein kleiner Hund\nzwei Hunde\n"

  /// What gzip, zstd and xz make of it.
  private static let files: [(format: CompressionFormat, bytes: [UInt8])] = [
    (
      .gzip,
      "H4sIAAAAAAACA0vNzFPIzknNzEstUvAozUvhAgDwbzrnEQAAAB+LCAAAAAAAAgOrKk/NVPAozUtJ5QIAExEzywsA"
        + "AAA="
    ),
    (
      .zstd,
      "KLUv/QRoiQAAZWluIGtsZWluZXIgSHVuZArIFeyNKLUv/QRoWQAAendlaSBIdW5kZQqxed3R"
    ),
    (
      .xz,
      "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jMAQAQZWluIGtsZWluZXIgSHVuZAoAAAAA4mxnba7ix9cAASkRMgpwDh+2830B"
        + "AAAAAARZWv03elhaAAAE5ta0RgIAIQEcAAAAEM9YzAEACnp3ZWkgSHVuZGUKAAC6sSAYFh"
        + "twYgABIwvCG/0JH7bzfQEAAAAABFla"
    ),
  ].map { format, text in (format, Array(Data(base64Encoded: text) ?? Data())) }

  private func write(_ bytes: [UInt8], in folder: URL) throws -> String {
    let path = folder.appendingPathComponent("text").path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func bothReadersKnowCompressedText() throws {
    try withTemporaryFolder { folder in
      for (format, bytes) in Self.files {
        #expect(CompressionFormat(beginning: bytes) == format && bytes.count > 40)
        let path = try write(bytes, in: folder)
        let lines = ["ein kleiner Hund", "zwei Hunde"]
        #expect(try TextFile(path).lines() == lines)
        #expect(try TextFile(path).lineCount() == 2)
        #expect(try LineReader(path, flag: "--input").rest() == lines)
      }
      let plain = try write(Array(Self.text.utf8), in: folder)
      #expect(try TextFile(plain).lines().count == 2)
    }
  }

  @Test func longTextIsTheSameInBlocks() throws {
    let count = 9000
    try withTemporaryFolder { folder in
      for (format, bytes) in Self.files {
        let path = try write((0..<count).flatMap { _ in bytes }, in: folder)
        for size in [1000, 1 << 16, 1 << 20] {
          var reader = try TextBlockReader(path, blockSize: size)
          var (text, blocks) = ([UInt8](), 0)
          while let block = try reader.next() {
            #expect(block.offset == text.count && block.bytes.last == 0x0A)
            text += block.bytes
            blocks += 1
          }
          #expect(text.elementsEqual((0..<count).flatMap { _ in Self.text.utf8 }), "\(format)")
          #expect(blocks > (size < 1 << 17 ? 2 : 0))
        }
        for workers in [1, 3] {
          var lines = 0
          try OrderedBlocks.process(path, workers: workers) { block in
            var lines = 0
            try block.forEachLine { _ in lines += 1 }
            return lines
          } deliver: {
            lines += $0
          }
          #expect(lines == 2 * count)
        }
      }
    }
  }

  @Test func damagedFilesAreRefusedWithASentence() throws {
    try withTemporaryFolder { folder in
      for (format, bytes) in Self.files {
        var refusals = 0
        // The end of a part of a file is the end of a whole one.
        for end in 8..<bytes.count {
          let path = try write(Array(bytes[..<end]), in: folder)
          do {
            let text = try TextFile(path).lines()
            #expect(text == ["ein kleiner Hund"], "\(format) \(end)")
          } catch {
            #expect("\(error)".contains(path) && !"\(error)".contains("\n"))
            refusals += 1
          }
        }
        #expect(refusals == bytes.count - 9, "\(format): \(refusals) of \(bytes.count)")
        var mutations = Mutations(seed: 3)
        for _ in 0..<400 {
          let path = try write(mutations.next(of: bytes), in: folder)
          do {
            _ = try TextFile(path).lines()
            _ = try LineReader(path, flag: "--input").rest()
          } catch {
            #expect(!"\(error)".contains("\n"))
          }
        }
      }
    }
  }

  @Test func oneByteAfterAnotherIsEnough() throws {
    for (_, bytes) in Self.files + [(.gzip, Array(Self.text.utf8)), (.gzip, [0x28]), (.gzip, [])] {
      var rest = bytes[...]
      let source = Decompressor("text") {
        defer { rest = rest.dropFirst() }
        return Array(rest.prefix(1))
      }
      var text: [UInt8] = []
      while true {
        let part = try source.next()
        if part.isEmpty { break }
        text += part
      }
      #expect(text == (bytes.count > 1 ? Array(Self.text.utf8) : bytes))
      #expect(try source.next().isEmpty)
    }
  }
}

import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

@Suite struct TextStreamTests {
  private func text(_ path: String) throws -> String {
    String(decoding: try readBytes(of: path), as: UTF8.self)
  }

  @Test func readersSeeWhatWasWrittenBeforeTheEnd() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("log").path
      let stream = try TextStream(path)
      try stream.write("a\n")
      try stream.flush()
      #expect(try text(path) == "a\n")
      try stream.write("b\n")
      try stream.finish()
      #expect(try text(path) == "a\nb\n")
    }
  }

  @Test func whatIsThereStaysOrGoes() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("log").path
      for _ in 0..<2 {
        let stream = try TextStream(path, appends: true)
        try stream.write("line\n")
        try stream.finish()
      }
      #expect(try text(path) == "line\nline\n")
      try TextStream(path).finish()
      #expect(try text(path).isEmpty)
    }
  }

  @Test func moreThanTheBufferHoldsIsWritten() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("log").path
      let stream = try TextStream(path)
      for _ in 0..<3000 { try stream.write(String(repeating: "x", count: 100)) }
      try stream.finish()
      #expect(try readBytes(of: path).count == 300_000)
    }
  }

  @Test func aFullDiskIsToldInASentence() throws {
    let stream = try TextStream("/dev/full", name: "--log-file /dev/full")
    try stream.write("a\n")
    let error = #expect(throws: UserError.self) { try stream.flush() }
    #expect(
      error.map { "\($0)" } == "--log-file /dev/full cannot be written: No space left on device")
    #expect(throws: UserError.self) { try TextStream("/no/such/folder/file") }
  }
}

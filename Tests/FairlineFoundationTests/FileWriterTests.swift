import CFairlineSystem
import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

@Suite struct FileWriterTests {
  @Test func aFileUnderConstructionHasNoName() throws {
    try withTemporaryFolder { folder in
      func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
      }
      let unnamed = fl_open_unnamed(folder.path)
      try #require(unnamed >= 0, "this file system has no files without names")
      close(unnamed)
      let path = folder.appendingPathComponent("a").path
      for text in ["first", "second"] {
        let before = try? String(contentsOfFile: path, encoding: .utf8)
        let writer = try FileWriter(path)
        try writer.write(Array(text.utf8))
        #expect(try writer.withContents { Array($0) } == Array(text.utf8))
        #expect(try writer.readBack(3, at: 1) == Array(text.utf8)[1..<4].map(\.self))
        #expect(try names() == (before == nil ? [] : ["a"]))
        #expect((try? String(contentsOfFile: path, encoding: .utf8)) == before)
        try writer.finish(syncs: true)
        #expect(try names() == ["a"])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
      }
      let writer = try FileWriter(path)
      try writer.write(Array("third".utf8))
      withExtendedLifetime(writer) {}
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "second")
    }
  }

  @Test func aFileHasTheUsualRights() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("a").path
      let writer = try FileWriter(path)
      try writer.finish()
      let mask = umask(0)
      umask(mask)
      var status = stat()
      #expect(stat(path, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o666 & ~mask)
    }
  }

  @Test func whatCannotBeWrittenIsNamed() throws {
    try withTemporaryFolder { folder in
      let nowhere = folder.appendingPathComponent("no/a").path
      #expect(
        message { _ = try FileWriter(nowhere) }.contains("\(nowhere) was not written: its folder"))
      // A folder stands where the file should be.
      let path = folder.appendingPathComponent("a").path
      try FileManager.default.createDirectory(
        atPath: path + "/x", withIntermediateDirectories: true)
      #expect(
        message {
          let writer = try FileWriter(path)
          try writer.finish()
        }.contains("\(path) was not written"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    }
  }
}

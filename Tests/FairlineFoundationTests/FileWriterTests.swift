import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

/// A file gets its name when it is complete.
@Suite struct FileWriterTests {
  private func names(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder("")).sorted()
  }

  @Test func nothingIsThereBeforeTheEnd() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("file", "old")
    let file = try FileWriter(path)
    try file.write(Array(String(repeating: "new", count: 200_000).utf8))
    // File systems that know no files without a name have one that ends so.
    #expect(try names(folder).filter { !$0.hasSuffix(".partial") } == ["file"])
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    #expect(try file.readBack(3, at: 300_000) == Array("new".utf8))
    #expect(try file.withContents { $0.count } == 600_000)
    try file.finish(syncs: true)
    #expect(try names(folder) == ["file"])
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count == 600_000)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o600 == 0o600)
  }

  @Test func aDroppedWriterLeavesNothing() throws {
    let folder = try TemporaryFolder()
    do {
      let file = try FileWriter(folder("file"))
      try file.write(Array("half".utf8))
    }
    #expect(try names(folder).isEmpty)
  }

  @Test func foldersAreErrors() throws {
    let folder = try TemporaryFolder()
    #expect(message { _ = try FileWriter(folder("")) }.contains("was not written"))
    #expect(message { _ = try FileWriter(folder("no/file")) }.contains("its folder does not exist"))
    let special = try FileWriter("/dev/null")
    try special.write([1, 2, 3])
    try special.finish()
  }
}

import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

@Suite struct FileCopyTests {
  @Test(arguments: [0, 1, 5_000_000]) func copiesAreFilesOfTheirOwn(_ size: Int) throws {
    try withTemporaryFolder { folder in
      let paths = ["a", "b"].map { folder.appendingPathComponent($0).path }
      var numbers = SeededNumbers(seed: 3)
      let bytes = Data((0..<size).map { _ in UInt8.random(in: 0...255, using: &numbers) })
      try bytes.write(to: URL(fileURLWithPath: paths[0]))
      try Data("before".utf8).write(to: URL(fileURLWithPath: paths[1]))
      try FileCopy.copy(paths[0], to: paths[1])
      #expect(try Data(contentsOf: URL(fileURLWithPath: paths[1])) == bytes)
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: paths[1]))
      try file.write(contentsOf: Data("other".utf8))
      try file.close()
      #expect(try Data(contentsOf: URL(fileURLWithPath: paths[0])) == bytes)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
    }
  }

  @Test func whatCannotBeCopiedLeavesTheEarlierFile() throws {
    try withTemporaryFolder { folder in
      let path = folder.appendingPathComponent("b").path
      try Data("before".utf8).write(to: URL(fileURLWithPath: path))
      #expect(throws: FileError.self) {
        try FileCopy.copy(folder.appendingPathComponent("a").path, to: path)
      }
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("before".utf8))
    }
  }

  @Test(arguments: [
    ("encoder-embed-dim", "encoderEmbedDim"), ("encoder_embed_dim", "encoderEmbedDim"),
    ("encoderEmbedDim", "encoderEmbedDim"), ("lr", "lr"), ("", ""),
  ])
  func settingsHaveTheNamesOfProperties(_ flag: String, _ property: String) {
    #expect(PropertyName.of(flag) == property)
  }
}

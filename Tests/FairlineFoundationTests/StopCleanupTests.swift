import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

@Suite struct StopCleanupTests {
  @Test func onlyWhatIsUnderConstructionIsRemoved() throws {
    try withTemporaryFolder { folder in
      let (one, two) = (folder.appendingPathComponent("one"), folder.appendingPathComponent("two"))
      let cleanup = StopCleanup()
      for made in [one, two] {
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        try Data("text".utf8).write(to: made.appendingPathComponent("file"))
        cleanup.watch(made.path)
      }
      cleanup.removeFolder()
      #expect(Paths.exists(one.path) && !Paths.exists(two.path))
      cleanup.watch(one.path)
      cleanup.watch(nil)
      cleanup.removeFolder()
      #expect(Paths.exists(one.path))
    }
  }
}

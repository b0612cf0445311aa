import Fairline
import FairlineTesting
import Foundation
import Testing

@Suite struct FolderLockTests {
  @Test func aFileSystemWithoutLocksIsTold() throws {
    try withTemporaryFolder { folder in
      let lock = try FolderLock(folder.path) { _ in
        errno = ENOTSUP
        return -1
      }
      let absence = try #require(lock.absence)
      #expect(absence.contains(folder.path) && absence.contains("cannot be locked"))
      // It is nobody's, so others are not refused.
      #expect(try FolderLock(folder.path).absence == nil)
    }
  }

  @Test func aLockIsRefusedWhileSomebodyHasIt() throws {
    try withTemporaryFolder { folder in
      let first = try FolderLock(folder.path)
      #expect(first.absence == nil)
      #expect(message { _ = try FolderLock(folder.path) }.contains("in use by another training"))
      withExtendedLifetime(first) {}
    }
  }
}

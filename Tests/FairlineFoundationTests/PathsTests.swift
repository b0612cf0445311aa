import FairlineFoundation
import FairlineTesting
import Foundation
import Testing

@Suite struct PathsTests {
  @Test(arguments: [
    ("x", "", "x"), ("xy", "", "xy"), ("a/b", "a", "b"), ("/a", "/", "a"), ("./a", ".", "a"),
    ("a/", "", "a"), ("a//b//", "a", "b"), ("/a/b.c", "/a", "b.c"), ("/", "/", "/"),
    ("//", "/", "/"), ("//a", "/", "a"), ("", "", ""), ("é/ü", "é", "ü"),
  ])
  func aPathHasAFolderAndAName(_ path: String, _ folder: String, _ name: String) {
    #expect(Paths.folder(path) == folder)
    #expect(Paths.name(path) == name)
  }

  @Test func temporaryFilesLieBesideTheirFile() {
    for (path, start) in [("x", ".x."), ("/x", "/.x."), ("a/b", "a/.b.")] {
      #expect(FileWriter.temporaryPath(for: path).hasPrefix(start))
    }
  }
}

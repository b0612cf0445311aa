import FairlineTesting
import Foundation
import Testing

/// Nothing among the golden values is passed over.
@Suite struct FixtureFileTests {
  @Test func everyFileIsOfAKnownKind() {
    #expect(!FixtureFile.all.isEmpty)
    for file in FixtureFile.all {
      #expect(file.kind != nil, "\(file.url.path): no test knows these cases")
    }
    for file in FixtureFile.folders.flatMap(\.files) where file.pathExtension != "json" {
      #expect(file.lastPathComponent == "README.md", "\(file.path): no test reads this")
    }
    for folder in FixtureFile.folders { #expect(folder.folders.isEmpty, "\(folder.url.path)") }
  }

  @Test(arguments: FixtureFile.Kind.allCases) func everyKindIsThere(_ kind: FixtureFile.Kind) {
    #expect(!FixtureFile.of(kind).isEmpty)
  }
}

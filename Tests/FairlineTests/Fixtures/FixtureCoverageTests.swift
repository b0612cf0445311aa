import Fairline
import FairlineTesting
import Foundation
import Testing

/// Every file among the golden values is checked by a test, or belongs to what is named here as not
/// built yet.
@Suite struct FixtureCoverageTests {
  /// Parts that no test can check, with what is missing; whoever builds it writes the test and
  /// takes the line away.
  static let notYetChecked = [
    "fairseq-2/checkpoints": "reading fairseq's own checkpoint files",
    "interop": "models of Hugging Face and CTranslate2",
  ]

  /// The parts that tests read: what they ask ``FixtureFolder`` for.
  private static func parts() throws -> (whole: Set<String>, kinds: [(String, String)]) {
    let tests = FixtureFolder(FixtureFolder.package().appendingPathComponent("Tests"))
    var whole: Set<String> = []
    var kinds: [(String, String)] = []
    for path in tests.paths where path.hasSuffix(".swift") {
      let text = try String(contentsOf: tests.url.appendingPathComponent(path), encoding: .utf8)
      for match in text.matches(of: /FixtureFolder\.all\(\s*"([^"]+)"/) {
        whole.insert(String(match.1))
      }
      let call = /FixtureFolder\.documents\(\s*"([^"]+)",\s*holding:\s*"([^"]+)"/
      for match in text.matches(of: call) { kinds.append((String(match.1), String(match.2))) }
    }
    return (whole, kinds)
  }

  @Test func everyFileIsCheckedOrNamed() throws {
    let (whole, kinds) = try Self.parts()
    let covered = Array(whole) + Self.notYetChecked.keys
    for root in FixtureFolder.roots() {
      #expect(!root.paths.isEmpty, "\(root.url.path) is empty or absent")
      let trained = root.folders.filter { FixtureFolder($0).contains("model.safetensors") }
        .map(\.lastPathComponent)
      for path in root.paths where path != "README.md" && !path.hasSuffix("/README.md") {
        if (covered + trained).contains(where: { path.hasPrefix($0 + "/") }) { continue }
        let url = root.url.appendingPathComponent(path)
        let isKnown = kinds.contains { part, kind in
          "\(part)/\(url.lastPathComponent)" == path
            && (try? FixtureDocument(url))?.holds(kind) == true
        }
        #expect(isKnown, "\(url.path): no test knows this")
      }
    }
  }

  @Test func everyPartThatIsAskedForIsThere() throws {
    let (whole, kinds) = try Self.parts()
    #expect(!whole.isEmpty && !kinds.isEmpty)
    for part in whole.union(Self.notYetChecked.keys) {
      #expect(FixtureFolder.all(part).first.map { !$0.paths.isEmpty } == true, "\(part)")
    }
    for (part, kind) in kinds {
      #expect(!FixtureFolder.documents(part, holding: kind).isEmpty, "\(part) \(kind)")
    }
  }

  @Test func whatIsCheckedIsNotNamedAsUnchecked() throws {
    let (whole, kinds) = try Self.parts()
    for part in whole.union(kinds.map(\.0)) {
      for name in Self.notYetChecked.keys {
        #expect(part != name && !part.hasPrefix(name + "/"), "\(name) has a test")
      }
    }
  }

  /// Further folders come from a list; parts that they lack are left out.
  @Test func partsComeFromEveryRoot() {
    let roots = FixtureFolder.roots()
    #expect(roots[0].url.path.hasSuffix("Tests/Fixtures"))
    let named = ProcessInfo.processInfo.environment["FAIRLINE_FIXTURES"] ?? ""
    #expect(roots.count == 1 + named.split(separator: ":").count)
    let absent = "no such part"
    #expect(FixtureFolder.all(absent).isEmpty)
  }
}

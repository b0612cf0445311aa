import Fairline
import FairlineTesting
import Testing

@Suite struct RegistryTests {
  func sample() throws -> Registry<Component<Int, String>> {
    var registry = Registry<Component<Int, String>>(kind: "architecture")
    try registry.add("wide", "a wide one", preset: Inner(dim: 1024)) { settings, count in
      "\(count) x \(settings.dim)"
    }
    try registry.add("narrow", "a narrow one") { (settings: Inner, count) in
      "\(count) x \(settings.dim)"
    }
    return registry
  }

  @Test func buildsFromPresetAndFlags() throws {
    let registry = try sample()
    #expect(registry.names == ["narrow", "wide"])
    let selection = try registry.select("wide")
    #expect(try selection.build(3) == "3 x 1024")
    _ = try CommandLineParser(program: "p", drafts: [selection.draft])
      .parse(["--embed-dim", "6"])
    #expect(try selection.build(3) == "3 x 6")
    #expect(try registry.select("wide").build(1) == "1 x 1024")
    #expect(selection.draft.title == "Architecture wide")
    try selection.draft.merge(["dim": 9])
    #expect(try selection.build(1) == "1 x 9")
    #expect(try selection.draft.settings()["dim"] == 9)
  }

  @Test func errorsNameWhatIsKnown() throws {
    var registry = try sample()
    #expect(
      message { _ = try registry.select("wied") }
        == "no architecture named 'wied'; did you mean 'wide'? (known: narrow, wide)")
    #expect(throws: RegistryError.duplicate(kind: "architecture", name: "wide")) {
      try registry.add("wide", "again") { (_: NoSettings, _) in "" }
    }
  }

  @Test func listsNamesWithSummaries() throws {
    #expect(
      try sample().listing == "architecture:\n  narrow  a narrow one\n  wide    a wide one")
  }
}

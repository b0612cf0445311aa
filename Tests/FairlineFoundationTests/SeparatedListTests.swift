import FairlineFoundation
import Testing

@Suite struct SeparatedListTests {
  @Test(arguments: [
    ("a:b", ["a", "b"]), ("", [""]), ("a:", ["a", ""]), (#"a\:b:c"#, ["a:b", "c"]),
    (#"a\\:b"#, [#"a\"#, "b"]), (#"a\b\"#, [#"a\b\"#]), ("ä, ö:ü", ["ä, ö", "ü"]),
    (#"\:\:"#, ["::"]), ("a:\u{301}b", ["a", "\u{301}b"]),
  ])
  func aBackslashKeepsASeparator(_ text: String, _ parts: [String]) {
    let found = SeparatedList.parts(of: text, at: ":")
    #expect(found.map { Array($0.utf8) } == parts.map { Array($0.utf8) })
  }
}

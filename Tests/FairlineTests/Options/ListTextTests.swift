import Fairline
import Testing

@Suite struct ListTextTests {
  @Test(arguments: [
    ("a,b", ["a", "b"]), (#"a\,b,c"#, ["a,b", "c"]), ("[a, 'b,c', \"d\",]", ["a", "b,c", "d"]),
    (#"a\\,b"#, [#"a\"#, "b"]), (#"a\b"#, [#"a\b"#]), ("[(1,2),3]", ["(1,2)", "3"]), ("", []),
    (#"\[a\],'"#, ["[a]", "'"]), ("a b, c d ", ["a b", "c d"]), (#"a\,"#, ["a,"]),
  ])
  func elementsAreFound(_ text: String, _ elements: [String]) {
    #expect([String](optionText: text) == elements)
  }

  @Test func numbersStayNumbers() {
    #expect([Double](optionText: "(0.9, 0.98)") == [0.9, 0.98])
    #expect([[Int]](optionText: "[[1, 2], [3]]") == [[1, 2], [3]])
  }
}

import FairlineFoundation
import Testing

@Suite struct JSONTests {
  @Test func readsAndPrints() throws {
    let text = #"{"b":[1,-2.5,1e3,true,null],"a":{"é\n":"\u00e9\ud83d\ude00"},"e":[],"o":{}}"#
    let value = try JSONValue(parsing: text)
    #expect(value["b"]?.arrayValue?[1].doubleValue == -2.5)
    #expect(value["a"]?["é\n"]?.stringValue == "é😀")
    #expect(try JSONValue(parsing: value.compactText) == value)
    #expect(try JSONValue(parsing: value.prettyText) == value)
    guard case .object(let members) = value else {
      Issue.record("not an object")
      return
    }
    #expect(members.keys == ["b", "a", "e", "o"])
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "01", "1.", "+1", "nul", "\"\\x\"",
    "\"\\ud800\"", "\"a", "1 2", "{a:1}", "'a'", "1e999", "\"\u{1}\"", "--1", "[1 2]", "{\"a\" 1}",
  ])
  func refuses(_ text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test func aByteOrderMarkMayStandFirst() throws {
    #expect(try JSONValue(parsing: "\u{FEFF}{\"a\": 1}") == ["a": 1])
    #expect(throws: JSONError.self) { try JSONValue(parsing: "{\u{FEFF}\"a\": 1}") }
    #expect(throws: JSONError.self) { try JSONValue(parsing: "\u{FEFF}\u{FEFF}1") }
  }

  @Test func refusesDepthAndBadBytes() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
    let bytes: [UInt8] = [0x22, 0xFF, 0x22]
    #expect(throws: JSONError.self) {
      try bytes.withUnsafeBytes { try JSONValue(parsing: $0) }
    }
  }

  struct Saved: Codable, Equatable {
    struct Part: Codable, Equatable {
      var x = 1
      var y: Double? = 2
    }
    var part = Part()
    var name: String? = "a"
    var rate: Float = 0.1
    var limit = Double.infinity
    var colours: [String: [Int]] = ["a": [1]]
  }

  @Test func decodesOverDefaults() throws {
    var saved = Saved()
    saved.part.y = nil
    saved.name = nil
    saved.rate = 0.3
    let json = try JSONValue(encoding: saved)
    #expect(json["part"]?["y"] == .null)
    #expect(json.compactText.contains("\"rate\":0.3,"))
    #expect(try json.decoded(as: Saved.self) == saved)
    #expect(try json.decoded(over: Saved()) == saved)
    let older = try JSONValue(parsing: #"{"part":{"x":7},"gone":true}"#)
    var expected = Saved()
    expected.part.x = 7
    #expect(try older.decoded(over: Saved()) == expected)
  }

  @Test func refusesIntegersBeyond63Bits() {
    #expect(throws: EncodingError.self) { try JSONValue(encoding: [UInt64.max]) }
  }
}

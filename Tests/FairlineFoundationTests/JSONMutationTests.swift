import FairlineFoundation
import FairlineTesting
import Testing

@Suite struct JSONMutationTests {
  @Test func damagedTextsAreRefusedOrReadAsTheyStand() throws {
    let text = Array(
      #"""
      {"a": [1, -2.5e3, 9223372036854775807, true, null, [[], {}]], "\u00e9\ud83d\ude00": "x\ny",
       "deep": {"deep": {"deep": [0.1, 1e308, -0]}}, "empty": ""}
      """#.utf8)
    var mutations = Mutations(seed: 7)
    var refused = 0
    for _ in 0..<500 {
      let damaged = mutations.next(of: text)
      do {
        let value = try damaged.withUnsafeBytes { try JSONValue(parsing: $0) }
        // Whatever is accepted is printed and read again as the same value.
        #expect(try JSONValue(parsing: value.compactText) == value)
        #expect(try JSONValue(parsing: value.prettyText) == value)
      } catch let error as JSONError {
        #expect(!error.description.isEmpty)
        refused += 1
      }
    }
    #expect(refused > 250)
  }

  @Test func dictionariesHaveOneOrder() throws {
    let names = (0..<40).map { "name\($0)" }
    let saved = Dictionary(uniqueKeysWithValues: names.map { ($0, ["x": 1]) })
    let json = try JSONValue(encoding: ["all": saved])
    guard case .object(let members)? = json["all"] else {
      Issue.record("no object")
      return
    }
    #expect(members.keys == names.sorted())
    #expect(members["name7"] == ["x": 1])
  }

  @Test(arguments: [3, 8, 9, 30]) func membersAreFoundWhateverTheirNumber(_ count: Int) {
    var members = JSONObject()
    for number in 0..<count { members["k\(number)"] = .integer(number) }
    for number in 0..<count { #expect(members["k\(number)"] == .integer(number)) }
    members["k1"] = nil
    members["k2"] = true
    #expect(members["k1"] == nil && members["k2"] == true && members.count == count - 1)
    members["new"] = 5
    #expect(members["new"] == 5)
    #expect(members.keys.first == "k0" && members.keys.last == "new")
  }
}

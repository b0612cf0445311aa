import Fairline
import FairlineTesting
import Testing

@Suite struct NumberRangeTests {
  struct Ranged: Configuration, Equatable {
    var count = 1
    var share = 0.5
    var limit: Int?
    var rates: [Double] = [0.1]

    static var options: [Option<Self>] {
      [
        Option("count", \.count, in: .from(1), "a count"),
        Option("share", \.share, in: .from(0, below: 1), "a share"),
        Option("limit", \.limit, in: .from(1, to: 9), "a limit"),
        Option("rates", \.rates, in: .above(0), "rates"),
      ]
    }
  }

  private func parse(_ arguments: String...) throws -> Ranged {
    let draft = Draft<Ranged>("Ranged")
    _ = try CommandLineParser(program: "ranged", drafts: [draft]).parse(arguments)
    return draft.value
  }

  @Test func endsAreOpenOrClosed() {
    let (closed, half) = (NumberRange<Int>.from(2, to: 4), NumberRange.from(0.0, below: 1))
    #expect((1...5).map(closed.contains) == [false, true, true, true, false])
    #expect([-0.1, 0, 0.99, 1].map(half.contains) == [false, true, true, false])
    #expect([0, 1e-300, .infinity].map(NumberRange.above(0.0).contains) == [false, true, false])
    #expect([-9, 0, 1e-9].map(NumberRange.atMost(0.0).contains) == [true, true, false])
    #expect(
      [-.infinity, 1e308, .nan].map(NumberRange<Double>.finite.contains) == [false, true, false])
    #expect([0, 1_000_000_001].map(NumberRange<Int>.from(0).contains) == [true, false])
  }

  @Test func textsNameTheEnds() {
    #expect(NumberRange<Int>.from(0).text == "from 0 to 1e9")
    #expect(NumberRange.from(0.0, below: 1).text == "from 0 to below 1")
    #expect(NumberRange.above(0.0, to: 1).text == "above 0, at most 1")
    #expect(NumberRange.above(0.0).text == "above 0")
    #expect(NumberRange.from(-1.0).text == "from -1 up")
    #expect(NumberRange.atMost(0.0).text == "of at most 0")
    #expect(NumberRange<Double>.finite.text == "that is finite")
  }

  @Test func numbersOutOfRangeAreRefusedByName() throws {
    #expect(try parse("--count", "3", "--share", "0", "--limit", "none").count == 3)
    for (arguments, sentence) in [
      (["--count", "0"], "--count: '0' is not a whole number from 1 to 1e9"),
      (["--count", "9223372036854775807"], "'9223372036854775807' is not a whole number from 1"),
      (["--share", "1"], "--share: '1' is not a number from 0 to below 1"),
      (["--share", "inf"], "--share: 'inf' is not a number"),
      (["--limit", "10"], "--limit: '10' is not a whole number from 1 to 9"),
      (["--rates", "0.1,0"], "--rates: '0.1,0' is not a list, each element a number above 0"),
    ] {
      let text = message {
        let draft = Draft<Ranged>("Ranged")
        _ = try CommandLineParser(program: "ranged", drafts: [draft]).parse(arguments)
      }
      #expect(text.contains(sentence), "\(text)")
    }
  }

  @Test func settingsFromElsewherePassTheSameRanges() throws {
    let draft = Draft<Ranged>("Ranged")
    try draft.merge(["count": 5])
    #expect(draft.value.count == 5)
    #expect(message { try draft.merge(["count": -5]) }.contains("--count: '-5'"))
    #expect(message { try draft.merge(["rates": [1, -1]]) }.contains("--rates: '-1'"))
    #expect(
      draft.value
        == {
          var value = Ranged(); value.count = 5; return value
        }())
    var component = Registry<Component<Void, Int>>(kind: "thing")
    try component.add("ranged", "", build: { (settings: Ranged, _) in settings.count })
    let selection = try component.select("ranged")
    (selection.draft as? Draft<Ranged>)?.value.share = 2
    #expect(message { _ = try selection.build(()) }.contains("--share: '2'"))
  }

  @Test func helpShowsTheRange() throws {
    let help = try CommandLineParser(program: "ranged", drafts: [Draft<Ranged>("Ranged")]).help()
    #expect(help.contains("a share (from 0 to below 1; default: 0.5)"))
  }
}

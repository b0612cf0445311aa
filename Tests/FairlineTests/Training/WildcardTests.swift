import Fairline
import FairlineTensor
import Testing

/// Patterns of names, and what they freeze.
@Suite struct WildcardTests {
  @Test func starsStandForAnyText() {
    let cases: [(pattern: String, name: String, fits: Bool)] = [
      ("encoder.*", "encoder.layers.0.fc1.weight", true), ("encoder.*", "decoder.encoder.x", false),
      ("*.fc1.*", "encoder.layers.0.fc1.weight", true), ("*.fc1", "a.fc1.b", false),
      ("*", "anything", true), ("a*a", "a", false), ("a*a", "aa", true), ("a*b*b", "ab", false),
      ("a*b*b", "abb", true), ("table", "table", true), ("table", "table.weight", false),
      ("*norm*", "norm", true), ("**x", "x", true), ("", "", true), ("", "a", false),
      ("*ab*ab", "abab", true), ("*ab*ab", "aab", false),
    ]
    for (pattern, name, fits) in cases {
      #expect(Wildcard(pattern).fits(name) == fits, "\(pattern) \(name)")
    }
  }

  @Test func frozenNumbersStay() throws {
    let model = ToyModel(dropout: 0)
    let parameters = model.parameters
    let frozen = try #require(try FrozenParameters(["hidden.*"], in: parameters))
    #expect(frozen.summary.contains("2 of 3 tensors, 272 of 448 parameters"), "\(frozen.summary)")
    #expect(parameters.parameters.map(\.isTrainable) == [true, false, false])
    let before = parameters.values.scalars
    for entry in parameters.entries {
      [Float](repeating: 7, count: entry.shape.count).withUnsafeBufferPointer {
        parameters.write($0, to: entry, in: parameters.values)
      }
    }
    frozen.restore()
    for entry in parameters.entries {
      let range = entry.offset..<(entry.offset + entry.shape.count)
      let isFrozen = entry.name.hasPrefix("hidden")
      let wanted = isFrozen ? before[range] : [Float](repeating: 7, count: range.count)[...]
      #expect(parameters.values.scalars[range].elementsEqual(wanted), "\(entry.name)")
    }
  }

  @Test func patternsThatFitNothingOrEverythingAreRefused() throws {
    let parameters = ToyModel(dropout: 0).parameters
    #expect(try FrozenParameters([], in: parameters) == nil)
    for (patterns, part) in [
      (["hidden.*", "tabel.weight"], "'tabel.weight'; the nearest is 'table.weight'"),
      (["*"], "leaves no parameter"), (["hidden.*", "table.*"], "leaves no parameter"),
    ] {
      let error = #expect(throws: UserError.self) {
        _ = try FrozenParameters(patterns, in: parameters)
      }
      #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
  }
}

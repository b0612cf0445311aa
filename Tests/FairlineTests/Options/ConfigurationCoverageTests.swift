import Fairline
import Testing

@Suite struct ConfigurationCoverageTests {
  struct Forgetful: Configuration {
    var inner = Inner()
    var forgotten = [1, 2]
    var reached: Bool?

    static var options: [Option<Self>] { [Option("reached", \.reached, "reached")] }
  }

  @Test func findsWhatNoFlagReaches() throws {
    #expect(
      try Forgetful.settingsWithoutFlag() == ["forgotten", "inner.dim", "inner.isPreNorm"])
    #expect(try Sample.settingsWithoutFlag() == [])
    #expect(try NoSettings.settingsWithoutFlag() == [])
  }

  /// Of a catalogue, every component is asked.
  @Test func findsItInACatalogToo() throws {
    var catalog = Catalog()
    try catalog.schedulers.add("forgetful", "", preset: Forgetful()) { _, _ in
      throw UserError("not built here")
    }
    #expect(
      try catalog.settingsWithoutFlag() == [
        "learning-rate scheduler forgetful: forgotten",
        "learning-rate scheduler forgetful: inner.dim",
        "learning-rate scheduler forgetful: inner.isPreNorm",
      ])
  }
}

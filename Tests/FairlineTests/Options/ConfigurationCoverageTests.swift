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
    #expect(try NoConfiguration.settingsWithoutFlag() == [])
  }

  @Test func everyScheduleSettingHasAFlag() throws {
    #expect(try FixedScheduleConfiguration.settingsWithoutFlag() == [])
    #expect(try InverseSquareRootScheduleConfiguration.settingsWithoutFlag() == [])
    #expect(try CosineScheduleConfiguration.settingsWithoutFlag() == [])
    #expect(try PolynomialDecayScheduleConfiguration.settingsWithoutFlag() == [])
    #expect(try TriStageScheduleConfiguration.settingsWithoutFlag() == [])
    #expect(try TriangularScheduleConfiguration.settingsWithoutFlag() == [])
    #expect(try ManualScheduleConfiguration.settingsWithoutFlag() == [])
    #expect(try StepScheduleConfiguration.settingsWithoutFlag() == [])
    #expect(try PlateauScheduleConfiguration.settingsWithoutFlag() == [])
  }
}

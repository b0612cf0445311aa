import NodeStudy
import Testing

/// The rules by which the study's conclusions are judged.
@Suite struct ConclusionTests {
  private func conclusion(_ number: Int, _ results: StudyResults) throws -> Conclusion {
    try #require(Conclusion.all(results).first { $0.number == number })
  }

  @Test func nothingIsJudgedWithoutNumbers() {
    let all = Conclusion.all(MadeUp.study())
    #expect(all.map(\.number) == Array(1...10))
    #expect(all.allSatisfy { $0.verdict == .open && $0.measured.isEmpty && !$0.rule.isEmpty })
  }

  @Test(arguments: [
    (5.04, 6.0, Conclusion.Verdict.partly), (5.04, 5.0, .fails), (5.3, 6.0, .holds),
  ])
  func parity(right: Double, asWas: Double, expected: Conclusion.Verdict) throws {
    let study = MadeUp.study(
      MadeUp.row("classic-1"), MadeUp.row("study-right", bits: right),
      MadeUp.row("study-as-was", bits: asWas))
    #expect(try conclusion(1, study).verdict == expected)
  }

  /// Rows with fewer updates are compared with what the others were at that moment.
  @Test func comparisonIsAtEqualUpdates() throws {
    let study = MadeUp.study(MadeUp.row("classic-1"), MadeUp.row("study-as-was", bits: 5.5))
    let gap = try #require(study.gap("study-as-was", over: "classic-1"))
    #expect(abs(gap - 0.5) < 1e-9)
    #expect(try #require(study.bits("study-as-was")) > 5.5)
  }

  @Test func modelsThatLearnedNothingAreNotJudged() throws {
    let study = MadeUp.study(
      MadeUp.row("classic-1", bits: 6.6), MadeUp.row("study-right", bits: 6.6),
      MadeUp.row("heun2-2", bits: 6.6), MadeUp.row("augmented", bits: 6.0))
    for number in [1, 8] { #expect(try conclusion(number, study).verdict == .open) }
  }

  @Test func seedsWidenTheMargin() {
    let one = MadeUp.study(MadeUp.row("classic-1"))
    #expect(one.margin == StudyResults.leastMargin)
    let two = MadeUp.study(
      MadeUp.row("classic-1", bits: 5), MadeUp.row("classic-1", bits: 5.4, seed: 2))
    #expect(abs(two.margin - 0.2) < 1e-9 && two.seeds == 2)
  }

  @Test func slowness() throws {
    func study(_ right: Double, _ asWas: Double) -> StudyResults {
      MadeUp.study(
        MadeUp.row("classic-1"), MadeUp.row("study-right", secondsAnUpdate: right),
        MadeUp.row("study-as-was", secondsAnUpdate: asWas))
    }
    #expect(try conclusion(2, study(0.2, 3)).verdict == .partly)
    #expect(try conclusion(2, study(0.4, 3)).verdict == .holds)
    #expect(try conclusion(2, study(0.2, 0.25)).verdict == .fails)
  }

  @Test(arguments: [
    (20.0, 20.0, Conclusion.Verdict.holds), (20, 0, .artefact), (0, 20, .partly), (0, 0, .fails),
  ])
  func growth(noisy: Double, clean: Double, expected: Conclusion.Verdict) throws {
    let study = MadeUp.study(
      MadeUp.row("study-as-was", encoder: { _ in 44 }, decoder: { 40 + 4 * noisy * $0 }),
      MadeUp.row("study-adaptive", encoder: { 14 + clean * $0 }, decoder: { 14 + clean * $0 }))
    #expect(try conclusion(3, study).verdict == expected)
  }

  @Test func anUntrainedEncoderIsAnArtefact() throws {
    func study(_ change: Double) -> StudyResults {
      MadeUp.study(
        MadeUp.row("study-as-was", encoder: { _ in 44 }, decoder: { 40 + 20 * $0 }),
        MadeUp.row("study-adaptive", encoder: { 14 + change * $0 }, decoder: { 14 + 10 * $0 }))
    }
    #expect(try conclusion(4, study(10)).verdict == .artefact)
    #expect(try conclusion(4, study(0)).verdict == .holds)
  }

  @Test func memoryAndBudget() throws {
    let study = MadeUp.study(
      MadeUp.row("heun2-2"), MadeUp.row("augmented", memory: 104 << 20),
      MadeUp.row("study-as-was", most: 1000), MadeUp.row("adaptive"))
    #expect(try conclusion(5, study).verdict == .fails)
    #expect(try conclusion(5, study).reading.contains("4 % more"))
    #expect(try conclusion(6, study).verdict == .partly)
    #expect(try conclusion(6, MadeUp.study(MadeUp.row("adaptive"))).verdict == .fails)
  }

  @Test func variants() throws {
    func study(_ decay: (Double, Double), _ kinetic: (Double, Double)) -> StudyResults {
      MadeUp.study(
        MadeUp.row("classic-1"), MadeUp.row("heun2-2", fine: 40),
        MadeUp.row("separated", secondsAnUpdate: 0.07), MadeUp.row("augmented", bits: 4.9),
        MadeUp.row("time", bits: 5.01),
        MadeUp.row("decay-0.9", bits: decay.0, fine: decay.1),
        MadeUp.row("kinetic", bits: kinetic.0, fine: kinetic.1))
    }
    let good = study((5.3, 34), (5, 36))
    #expect(try conclusion(7, good).verdict == .holds)
    #expect(try conclusion(8, good).verdict == .fails)
    #expect(try conclusion(9, good).verdict == .holds)
    #expect(try conclusion(10, good).verdict == .holds)
    #expect(try conclusion(10, study((5, 40), (5, 36))).verdict == .partly)
    #expect(try conclusion(10, study((5, 40), (5, 40))).verdict == .fails)
  }
}

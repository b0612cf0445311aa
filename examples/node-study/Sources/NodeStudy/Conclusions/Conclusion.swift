/// One of the study's conclusions beside what was measured here.
package struct Conclusion: Sendable {
  /// How a conclusion fares.
  package enum Verdict: String, Sendable, CaseIterable {
    /// It is confirmed.
    case holds
    /// It is true of the study's set-up or of a part of what it says.
    case partly
    /// It was produced by the way in which the study was made.
    case artefact
    /// It is refuted.
    case fails
    /// The rows that it needs are missing, or have not learned enough.
    case open
  }

  /// Its number in the study.
  package let number: Int
  /// What the study concluded, in words of our own.
  package let claim: String
  /// What was measured, a sentence each.
  package let measured: [String]
  /// The same, or that there is nothing.
  var findings: [String] { measured.isEmpty ? ["Nothing was measured yet."] : measured }
  /// How it fares.
  package let verdict: Verdict
  /// The verdict in a few words.
  package let reading: String
  /// The rule that the verdict follows from the numbers by.
  package let rule: String

  /// All ten, judged.
  package static func all(_ s: StudyResults) -> [Conclusion] {
    [
      parity(s), slowness(s), growth(s), sides(s), memory(s), endlessness(s), separation(s),
      augmentation(s), time(s), regularisation(s),
    ]
  }

  /// A verdict and its reading.
  typealias Judgement = (verdict: Verdict, reading: String)

  /// The judgement where rows are missing.
  static let missing: Judgement = (.open, "not measured: rows are missing")
  /// The judgement where models have not learned enough to be compared.
  static let tooEarly: Judgement = (.open, "too early: models have not learned enough")

  init(
    _ number: Int, _ claim: String, _ measured: [String?], _ judgement: Judgement, rule: String
  ) {
    self.number = number
    self.claim = claim
    self.measured = measured.compactMap(\.self)
    verdict = judgement.verdict
    reading = judgement.reading.prefix(1).uppercased() + judgement.reading.dropFirst()
    self.rule = rule
  }
}

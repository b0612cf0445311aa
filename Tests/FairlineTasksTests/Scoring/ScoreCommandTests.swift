import Fairline
import FairlinePrograms
import FairlineScoring
import Foundation
import Testing

@Suite struct ScoreCommandTests {
  /// The lines that `fairline-score` prints for two texts.
  func score(
    _ system: String, _ references: [String], _ arguments: [String]
  ) throws -> [String] {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("fairline-score-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func put(_ text: String, _ name: String) throws -> String {
      let path = folder.appendingPathComponent(name).path
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      return path
    }
    var all = ["--sys", try put(system, "sys"), "--ref"]
    for (index, text) in references.enumerated() { all.append(try put(text, "ref\(index)")) }
    var lines: [String] = []
    let command = try ScoreCommand(try Catalog([StandardMetrics.self]), all + arguments)
    try #require(command).run { lines.append($0) }
    return lines
  }

  let system = "the cat sat on a mat\nthere is a dog here\n"
  let reference = "the cat sat on the mat today\nthere is a dog\n"

  @Test func namesTheLineThatIsNotUTF8() throws {
    let folder = FileManager.default.temporaryDirectory
    let file = folder.appendingPathComponent("fairline-latin-\(UUID().uuidString)")
    try Data([0x61, 0x0A, 0xE4, 0x0A]).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let run = try Programs.run("fairline-score", ["--sys", file.path, "--ref", file.path])
    #expect(run.code == 1)
    #expect(run.errors.hasPrefix("fairline-score: --sys: line 2 of "), "\(run.errors)")
  }

  @Test func scoresTokens() throws {
    #expect(
      try score(system, [reference], []) == [
        "BLEU4 = 59.42, 81.8/66.7/57.1/40.0 (BP=1.000, ratio=1.000, syslen=11, reflen=11)"
      ])
    #expect(
      try score("the cat", ["the cat sat on the mat"], []) == [
        "BLEU4 = 0.00, 100.0/100.0/0.0/0.0 (BP=0.135, ratio=0.333, syslen=2, reflen=6)"
      ])
    #expect(
      try score("the cat", ["the cat sat on the mat"], ["--order", "2"]) == [
        "BLEU2 = 13.53, 100.0/100.0 (BP=0.135, ratio=0.333, syslen=2, reflen=6)"
      ])
    #expect(
      try score("<unk> a", ["<unk> A\r\n"], ["--ignore-case"])[0].hasPrefix(
        "BLEU4 = 0.00, 50.0/0.0/"))
  }

  @Test func everySettingHasAFlag() throws {
    #expect(try ScoreSettings.settingsWithoutFlag() == [])
    #expect(try SacreBLEUSettings.settingsWithoutFlag() == [])
    #expect(try CharacterFScoreSettings.settingsWithoutFlag() == [])
    #expect(try EditRateSettings.settingsWithoutFlag() == [])
  }

  @Test func scoresSentences() throws {
    let lines = try score(
      "the the the the the the the\nx", ["the cat sat on the mat\nx"], ["--sentence-bleu"])
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix("0 BLEU4 = 19.21, "))
    #expect(lines[1].hasPrefix("1 BLEU4 = 100.00, "))
  }

  @Test func scoresPlainText() throws {
    let lines = try score(system, [reference], ["--sacrebleu"])
    #expect(
      lines == [
        "BLEU = 59.42 81.8/66.7/57.1/40.0 (BP = 1.000 ratio = 1.000 hyp_len = 11 ref_len = 11)"
      ])
    let both = try score(system, [reference, system], ["--sacrebleu"])
    #expect(both[0].hasPrefix("BLEU = 100.00"))
    let characters = try score(system, [system], ["--chrf", "--chrf-word-order", "2"])
    #expect(characters == ["chrF2++ = 100.00"])
    let edits = try score(system, [reference], ["--ter"])
    #expect(edits == ["TER = 27.27"])
    let each = try score(system, [reference], ["--ter", "--sentence-bleu"])
    #expect(each == ["0 TER = 28.57", "1 TER = 25.00"])
  }

  @Test func metricsAreChosenByName() throws {
    for name in ["sacrebleu", "chrf", "ter"] {
      let (named, flagged) = (["--metric", name], ["--" + name])
      #expect(try score(system, [reference], named) == score(system, [reference], flagged))
    }
    let plain = try score(system, [reference], ["--metric", "bleu"])
    #expect(try plain == score(system, [reference], []))
  }

  @Test(arguments: [
    ("a\nb\n", ["a\n"], [], "--sys has 2 lines and --ref has 1: give one reference line for each"),
    ("a", ["a", "b"], [], "--ref: several references need --sacrebleu, --chrf or --ter"),
    ("a", ["a"], ["--ter", "--chrf"], "--chrf and --ter: choose one of them"),
    ("a", ["a"], ["--ter-no-punct", "--chrf"], "--ter-no-punct needs --ter, whose setting it is"),
    ("a", ["a"], ["--ter", "--metric", "bleu"], "--metric bleu and --ter: choose one of them"),
    ("a", ["a"], ["--order", "5"], "--order must be between 1 and 4"),
    (
      "a", ["a"], ["--sys", "/none"],
      "--sys: the file '/none' cannot be read: No such file or directory"
    ),
    ("", ["a"], [], "--sys has 0 lines and --ref has 1: give one reference line for each"),
  ])
  func namesMistakes(
    _ system: String, _ references: [String], _ arguments: [String], _ expected: String
  ) {
    do {
      _ = try score(system, references, arguments)
      Issue.record("no error")
    } catch {
      #expect("\(error)" == expected)
    }
  }
}

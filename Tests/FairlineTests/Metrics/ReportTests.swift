import Fairline
import Testing

@Suite struct ReportTests {
  func inner() -> Report {
    var report = Report("train_inner", epoch: 1, position: 100, total: 1102)
    report.add("wall", 12.4)
    report.add("lr", 1.25e-05)
    report.add("num_updates", 1_234_567)
    report.add("loss", 9.87654)
    report.add("nll_loss", 9.5)
    report.add("_hidden", 3)
    report.add("ppl", 724.0771)
    report.add("gnorm", 1.23456)
    report.add("ups", 7.891)
    report.add("bleu", 12.345678, digits: 2)
    report.add("wps", 12345.67)
    report.add("absent", nil)
    return report
  }

  let values =
    "loss=9.877, nll_loss=9.5, bleu=12.35, ppl=724.08, wps=12345.7, ups=7.89, "
    + "num_updates=1234567, lr=1.25e-05, gnorm=1.235, wall=12"

  @Test func writesLinesWithinAnEpoch() {
    #expect(inner().line(.simple) == "epoch 001:    100 / 1102 \(values)")
    #expect(inner().line(.none) == nil)
    let json = inner().line(.json) ?? ""
    #expect(json.hasPrefix(#"{"epoch": 1, "update": 0.091, "loss": "9.877", "nll_loss": "9.5", "#))
    #expect(json.hasSuffix(#""wall": "12"}"#))
  }

  @Test func writesLinesAtTheEnd() throws {
    var report = Report("valid", epoch: 12, subset: "valid")
    report.add("loss", 4.0625)
    report.add("num_updates", 10)
    report.add("best_loss", 4.0625, priority: 1100, digits: 3)
    #expect(
      report.line(.simple)
        == "epoch 012 | valid on 'valid' subset | loss 4.062 | num_updates 10 | best_loss 4.062")
    let json = try JSONValue(parsing: report.line(.json) ?? "")
    #expect(json["epoch"] == 12)
    #expect(json["valid_loss"] == "4.062")
    #expect(json["update"] == nil)
    #expect(Report("train", epoch: 1).line(.simple) == "epoch 001")
  }

  @Test func replacesByName() {
    var report = Report("train")
    report.add("loss", 1)
    report.add("loss", 2)
    #expect(report.entries.map(\.text) == ["2"])
    #expect(report["loss"] == "2")
  }

  @Test(arguments: [
    (0.0, nil, "0"), (1234567.0, nil, "1.23457e+06"), (1e-5, nil, "1e-05"), (0.0005, nil, "0.0005"),
    (2.675, 2, "2.67"), (2.5, 0, "2"), (3.5, 0, "4"), (.infinity, 2, "inf"), (100, 1, "100"),
  ])
  func formatsNumbers(_ value: Double, _ digits: Int?, _ text: String) {
    #expect(NumberText.general(value, digits: digits) == text)
  }

  @Test func groupsDigits() {
    #expect(NumberText.grouped(0) == "0")
    #expect(NumberText.grouped(-1_234_567) == "-1,234,567")
    #expect(NumberText.grouped(123) == "123")
  }
}

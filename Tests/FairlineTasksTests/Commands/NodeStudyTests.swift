import FairlineTesting
import Foundation
import Testing

/// The study of the neural-ODE Transformer among the examples: built, and run on made-up data for a
/// few updates.
@Suite(.serialized, .timeLimit(.minutes(30))) struct NodeStudyTests {
  @Test func studyOfMadeUpData() throws {
    let program = try Examples.program("node-study", of: "node-study")
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder, sentences: 200)
      let out = data.path("study")
      let small = [
        data.bin, "--quick", "--width", "16", "--heads", "2", "--max-tokens", "100",
        "--max-updates", "10", "--adaptive-updates", "4", "--sentences", "6", "--out", out,
      ]
      let names = ["classic-1", "study-right", "study-as-was", "euler-1", "pieces", "encoder-only"]
      let first = try Programs.run(program, small + ["--rows", "classic-1,study-as-was"])
      #expect(first.code == 0, "\(first.errors)")
      // What is trained stays; the other rows are added to the same report.
      let second = try Programs.run(program, small + ["--rows", names.joined(separator: ",")])
      #expect(second.code == 0, "\(second.errors)")
      #expect(second.errors.contains("study-as-was: trained before"))
      #expect(second.errors.contains("pieces: trained in"))
      let page = try String(contentsOfFile: out + "/report.html", encoding: .utf8)
      let text = try String(contentsOfFile: out + "/report.md", encoding: .utf8)
      for title in ["classic 1+1", "study as it was", "euler × 1", "3 pieces × euler"] {
        #expect(page.contains(title) && text.contains("| \(title) | "))
      }
      #expect(page.contains("<svg") && !page.contains("<script"))
      #expect(text.contains("Study as it was") || text.contains("study as it was: "))
      for pictures in text.split(separator: "](charts/").dropFirst() {
        let name = pictures.prefix { $0 != ")" }
        #expect(FileManager.default.fileExists(atPath: "\(out)/charts/\(name)"), "\(name)")
      }
      // The checkpoints of training are gone, the models are there and load.
      let model = out + "/rows/study-as-was-seed1"
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: model) == ["model.safetensors"])
      try mistakes(program, small, out)
    }
  }

  /// The package's own tests, and those of the charts that it draws.
  @Test func theRulesAndTheChartsPassTheirTests() throws {
    let study = try Examples.test("node-study")
    #expect(study.code == 0, "\(study.output) \(study.errors)")
    #expect(study.output.contains("nothingIsJudgedWithoutNumbers"))
    let charts = try Examples.test("support")
    #expect(charts.code == 0, "\(charts.output) \(charts.errors)")
    #expect(charts.output.contains("axesHoldTheirValues"))
  }

  private func mistakes(_ program: URL, _ small: [String], _ out: String) throws {
    func fails(_ arguments: [String], _ code: Int32, _ part: String) throws {
      let run = try Programs.run(program, arguments)
      #expect(run.code == code, "\(run.errors)")
      let last = run.errors.split(separator: "\n").last ?? ""
      #expect(last.hasPrefix("node-study: ") && last.contains(part), "\(run.errors)")
    }
    try fails([], 2, "data folder is missing")
    try fails(["/nowhere"], 1, "/nowhere")
    try fails(small + ["--rows", "classic-7"], 2, "classic-7")
    try fails(small + ["--beem", "2"], 2, "--beam")
    try fails(small + ["--max-updates", "12"], 1, "holds another study (updates 10 instead of 12)")
    try fails([small[0], "--report-only", "--out", out + "-not"], 1, "no trained rows")
  }
}

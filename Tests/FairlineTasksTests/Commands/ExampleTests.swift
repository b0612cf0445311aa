import FairlineTesting
import Foundation
import Testing

/// The examples with pictures: built and run as a reader would, for a few updates.
@Suite(.serialized, .timeLimit(.minutes(30))) struct ExampleTests {
  /// Checks that a file is an SVG picture without numbers that are none.
  private func expectPicture(_ name: String, in folder: URL) throws {
    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
    #expect(text.hasPrefix("<svg") && text.hasSuffix("</svg>\n"))
    #expect(!text.contains("nan") && !text.contains("inf\""))
    #expect(XMLReader.isWellFormed(text), "\(name) is no XML")
  }

  @Test func spiral() throws {
    let program = try Examples.program("spiral", of: "spiral")
    try withTemporaryFolder { folder in
      let run = try Programs.run(program, ["--quick", "--out", folder.path])
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.output.contains("Plain ") && run.output.contains("trajectory error"))
      try expectPicture("spiral.svg", in: folder)
      try expectPicture("spheres.svg", in: folder)
      let refused = try Programs.run(program, ["--sed", "2"])
      #expect(refused.code == 2 && refused.errors.contains("--sed"))
    }
  }

  /// A flow keeps probability whatever its field is, so the density of a hardly trained one
  /// integrates to 1 too; exact and estimated traces differ only in training.
  @Test(arguments: ["exact", "hutchinson", "rademacher"]) func flow(_ trace: String) throws {
    let program = try Examples.program("ffjord", of: "ffjord")
    try withTemporaryFolder { folder in
      let run = try Programs.run(
        program, ["--quick", "--data", "moons", "--trace", trace, "--out", folder.path])
      #expect(run.code == 0, "\(run.errors)")
      let integral = run.output.split(separator: "\n").first { $0.hasPrefix("integral") }
        .flatMap { $0.split(separator: " ").last.flatMap { Double($0) } }
      #expect(abs(try #require(integral) - 1) < 0.02)
      try expectPicture("ffjord-moons-\(trace).svg", in: folder)
    }
  }

  /// A model of another program is tuned, rounded and handed on.
  @Test func fineTuning() throws {
    let script = Examples.root.appendingPathComponent("examples/fine-tuning/fine-tune")
    try withTemporaryFolder { folder in
      let bin = Programs.url("fairline-train").deletingLastPathComponent().path
      let run = try Programs.run(
        script, ["--quick", "--out", folder.path], environment: ["FAIRLINE_BIN": bin])
      #expect(run.code == 0, "\(run.output) \(run.errors)")
      func bleu(_ name: String) throws -> Double {
        let line = try #require(run.output.split(separator: "\n").first { $0.hasPrefix(name) })
        return try #require(Double(line.dropFirst(name.count)))
      }
      #expect(try bleu("BLEU after: ") > bleu("BLEU before: "))
      #expect(try bleu("BLEU of the rounded model: ") > 0)
      #expect(run.output.contains("frozen: "))
      for name in ["general-model/vocab.json", "ctranslate2/model.bin", "small.safetensors"] {
        #expect(
          FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path))
      }
      let refused = try Programs.run(script, ["--sed"])
      #expect(refused.code == 2 && refused.errors.contains("usage"))
    }
  }

  /// A language model of made-up sentences, and every family beside each other in one picture.
  @Test func languageModel() throws {
    let program = try Examples.program("language-model", of: "language-model")
    try withTemporaryFolder { folder in
      let run = try Programs.run(program, ["--quick", "--compare", "--out", folder.path])
      #expect(run.code == 0, "\(run.errors)")
      for family in ["transformer_lm", "lstm_lm", "fconv_lm", "node_transformer_lm_pieces"] {
        #expect(run.output.contains("\n\(family) says:\n"), "\(family)")
      }
      #expect(run.output.contains(" of 12 are true"))
      try expectPicture("language-model.svg", in: folder)
      let refused = try Programs.run(program, ["--arch", "transformer", "--out", folder.path])
      #expect(
        refused.code == 1 && refused.errors.contains("transformer_lm"), "\(refused.errors)")
    }
  }
}

/// Checks that tags are closed in the order in which they were opened.
private enum XMLReader {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    for piece in text.split(separator: "<").dropFirst(text.hasPrefix("<") ? 0 : 1) {
      guard let end = piece.firstIndex(of: ">") else { return false }
      let tag = piece[..<end]
      if tag.hasSuffix("/") { continue }
      let name = tag.prefix { $0 != " " && $0 != "\n" }
      if !name.hasPrefix("/") {
        open.append(name)
      } else if open.popLast() != name.dropFirst() {
        return false
      }
    }
    return open.isEmpty
  }
}

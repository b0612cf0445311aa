import Fairline
import FairlineData
import FairlineGeneration
import FairlineTesting
import Foundation
import Testing

/// Plain text is made by the model of pieces that divided it.
@Suite struct PlainTextTests {
  /// Text whose last word is made of bytes, with a model that has pieces for them.
  private func data(in folder: URL) throws -> TinyData {
    let data = try TinyData(in: folder)
    for name in ["train", "valid", "test"] {
      for language in ["en", "de"] {
        let url = folder.appendingPathComponent("\(name).\(language)")
        let text = try String(contentsOf: url, encoding: .utf8)
        try Data(text.replacing("\n", with: " \u{1F436}\n").utf8).write(to: url)
      }
    }
    try FileManager.default.removeItem(atPath: data.bin)
    var settings = PreprocessSettings()
    (settings.sourceLang, settings.targetLang) = ("en", "de")
    settings.trainpref = data.path("train")
    settings.validpref = data.path("valid")
    settings.testpref = data.path("test")
    (settings.destdir, settings.joinedDictionary) = (data.bin, true)
    (settings.bpe, settings.sentencepieceModel) = ("sentencepiece", ByteModel.path)
    _ = try Preprocessor(settings).run()
    return data
  }

  @Test func bytesBecomeCharacters() throws {
    let model = try SentencePieceModel(contentsOf: ByteModel.path)
    let line = "w1 w2 \u{1F436}"
    let units = try model.units(of: line)
    #expect(units.contains("<0xF0> <0x9F> <0x90> <0xB6>"))
    #expect(model.text(of: units) == line)
    // Bytes that are no character, and units that are no pieces.
    #expect(model.text(of: "▁w 1 <0xF0> <0x9F>") == "w1\u{FFFD}\u{FFFD}")
    #expect(model.text(of: "▁w 1 <<unk>> ▁w 2") == "w1<<unk>> w2")
    #expect(model.text(of: "") == "")
  }

  @Test func everyProgramPrintsCharacters() throws {
    try withTemporaryFolder { folder in
      let data = try data(in: folder)
      let bleu = ["--eval-bleu", "--eval-bleu-remove-bpe", "sentencepiece"]
      let print = ["--eval-bleu-print-samples", "--eval-bleu-args", #"{"max_len_b": 4}"#]
      let trained = try Programs.run(
        "fairline-train",
        data.arguments("model", bleu + print + ["--max-update", "2", "--log-format", "simple"]))
      #expect(trained.code == 0, "\(trained.errors)")
      let sample = trained.errors.split(separator: "\n").first { $0.contains("example reference") }
      #expect(sample?.hasSuffix(" \u{1F436}") == true, "\(trained.errors)")
      let path = data.path("model/checkpoint_last.safetensors")
      for more in [[], ["--remove-bpe", "sentencepiece"]] {
        let run = try Programs.run(
          "fairline-generate", [data.bin, "--path", path, "--max-len-b", "6"] + more)
        #expect(run.code == 0, "\(run.errors)")
        let lines = run.output.split(separator: "\n")
        for kind in ["S-", "T-"] {
          let own = lines.filter { $0.hasPrefix(kind) }
          #expect(own.count == 12 && own.allSatisfy { $0.hasSuffix(" \u{1F436}") }, "\(own)")
        }
        #expect(!lines.contains { $0.hasPrefix("D-") && $0.contains("<0x") })
      }
    }
  }

  @Test func piecesOfLineFeedsBreakNoLine() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      for name in ["train", "valid", "test"] {
        for language in ["en", "de"] {
          let text = String(repeating: "▁w 1 <0x0A> ▁w <0x0D> 2\n", count: 12)
          try Data(text.utf8).write(to: folder.appendingPathComponent("\(name).\(language)"))
        }
      }
      let made = try Programs.run(
        "fairline-preprocess",
        [
          "-s", "en", "-t", "de", "--trainpref", data.path("train"), "--validpref",
          data.path("valid"), "--testpref", data.path("test"), "--destdir", data.path("feeds"),
        ])
      #expect(made.code == 0, "\(made.errors)")
      try FileManager.default.copyItem(
        atPath: ByteModel.path, toPath: data.path("feeds/sentencepiece.bpe.model"))
      let trained = try Programs.run(
        "fairline-train",
        [data.path("feeds")] + data.arguments("model", ["--max-update", "2"]).dropFirst())
      #expect(trained.code == 0, "\(trained.errors)")
      let flags = [
        data.path("feeds"), "--path", data.path("model/checkpoint_last.safetensors"),
        "--max-len-b", "6",
      ]
      let run = try Programs.run("fairline-generate", flags)
      let lines = run.output.split(separator: "\n")
      #expect(lines.count == 12 * 5 + 1, "\(run.errors)")
      #expect(lines.contains("T-0\tw1  w 2"), "\(run.output)")
      let plain = try Programs.run("fairline-generate", flags + ["--plain"])
      #expect(plain.output.utf8.count { $0 == 0x0A } == 12)
    }
  }

  @Test func wordsAreDividedBeforePieces() throws {
    let (source, target) = (Marked(mark: "s"), Marked(mark: "t"))
    var coder = TextCoder(
      TaskText(
        source: Vocabulary(), target: Vocabulary(), sourceTokenizer: source,
        targetTokenizer: target))
    (coder.sourceWords, coder.targetWords) = (Marked(mark: "v"), Marked(mark: "w"))
    #expect(coder.text(given: "a") == "v(s(a))" && coder.text(of: "a") == "w(t(a))")
    // What --post-process joins has its words joined afterwards.
    coder.postProcessing = .silence
    coder.targetTokenizer = Joined()
    #expect(coder.text(of: "a b") == "w(a b)")
  }

  /// Joins what `--post-process` joins too.
  private struct Joined: Tokenizer {
    var postProcessing: PostProcessing? { .silence }
    func units(of line: String) -> String { line }
    func text(of units: String) -> String { "joined" }
  }

  @Test func eachSideHasItsOwnModel() throws {
    let (source, target) = (Marked(mark: "s"), Marked(mark: "t"))
    let words = Vocabulary()
    var coder = TextCoder(
      TaskText(source: words, target: words, sourceTokenizer: source, targetTokenizer: target))
    #expect(coder.text(given: "a") == "s(a)" && coder.text(of: "a") == "t(a)")
    coder.postProcessing = .sentencepiece
    #expect(coder.text(given: "a") == "a" && coder.text(of: "a") == "a")
    #expect(coder.units(given: [Vocabulary.unk, Vocabulary.eos]) == "s(<unk>)")
    #expect(coder.units(of: [Vocabulary.unk, Vocabulary.eos]) == "t(<unk>)")
  }
}

/// A tokenizer that shows itself.
private struct Marked: Tokenizer {
  let mark: String
  var postProcessing: PostProcessing? { .sentencepiece }
  func units(of line: String) throws -> String { line }
  func text(of units: String) -> String { "\(mark)(\(units))" }
}

/// A model of pieces with byte fallback, among the golden values.
enum ByteModel {
  static let path =
    FixtureFolder.all("pieces").first?.url
    .appendingPathComponent("bytes.model").path ?? ""
}

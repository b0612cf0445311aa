import Fairline
import FairlineTesting
import Foundation
import Testing

/// Programs that divide words before pieces.
@Suite struct TokenizeProgramTests {
  private static let codes = "#version: 0.2\nw o\nwo r\n"

  @Test func linesAreDividedAndJoined() throws {
    try withTemporaryFolder { folder in
      let text = folder.appendingPathComponent("text").path
      let codes = folder.appendingPathComponent("codes").path
      try "Don't worry, be-happy.\n\nwor\n".write(toFile: text, atomically: true, encoding: .utf8)
      try Self.codes.write(toFile: codes, atomically: true, encoding: .utf8)
      let flags = ["--tokenizer", "moses", "--bpe", "subword_nmt", "--bpe-codes", codes]
      let divided = try Programs.run("fairline-tokenize", ["--input", text] + flags)
      #expect(divided.code == 0, "\(divided.errors)")
      let expected =
        "D@@ o@@ n &@@ a@@ p@@ o@@ s@@ ;@@ t wor@@ r@@ y , b@@ e @@@ -@@ @ h@@ a@@ p@@ p@@ y .\n"
      #expect(divided.output == expected + "\nwo@@ r\n")
      try divided.output.write(toFile: text, atomically: true, encoding: .utf8)
      let joined = try Programs.run("fairline-tokenize", ["--input", text, "--decode"] + flags)
      #expect(joined.output == "Don't worry, be-happy.\n\nwor\n", "\(joined.errors)")
      let nothing = try Programs.run("fairline-tokenize", ["--input", text])
      #expect(nothing.code == 2 && nothing.errors.contains("--tokenizer"))
      let unknown = try Programs.run("fairline-tokenize", ["--tokenizer", "mosses"])
      #expect(unknown.code == 2 && unknown.errors.contains("moses"))
    }
  }

  /// The whole way: words and pieces in preprocessing, in lines that are translated, and outputs
  /// that are joined.
  @Test func modelsTranslateTextOfMoses() throws {
    try withTemporaryFolder { folder in
      let path = { folder.appendingPathComponent($0).path }
      try Self.codes.write(toFile: path("codes"), atomically: true, encoding: .utf8)
      let lines = String(repeating: "it's a well-known word, isn't it?\nhi.\n", count: 8)
      for name in ["train.en", "train.de", "valid.en", "valid.de"] {
        try lines.write(toFile: path(name), atomically: true, encoding: .utf8)
      }
      let text = ["--tokenizer", "moses", "--bpe", "subword_nmt", "--bpe-codes", path("codes")]
      let made = try Programs.run(
        "fairline-preprocess",
        [
          "-s", "en", "-t", "de", "--trainpref", path("train"), "--validpref", path("valid"),
          "--joined-dictionary", "--destdir", path("bin"),
        ] + text)
      #expect(made.code == 0, "\(made.errors)")
      let bleu = ["--eval-bleu", "--eval-bleu-remove-bpe", "--eval-bleu-detok", "moses"]
      let trained = try Programs.run(
        "fairline-train",
        [
          path("bin"), "--arch", "transformer_tiny", "--optimizer", "adam", "--lr", "0.003",
          "--max-tokens", "400", "--max-update", "2", "--save-dir", path("model"), "--log-format",
          "simple", "--eval-bleu-print-samples", "--eval-bleu-args", #"{"max_len_b": 4}"#,
        ] + bleu)
      #expect(trained.code == 0, "\(trained.errors)")
      let sample = trained.errors.split(separator: "\n").first { $0.contains("example reference") }
      #expect(sample?.hasSuffix("hi.") == true || sample?.hasSuffix("isn't it?") == true)
      let model = ["--path", path("model/checkpoint_last.safetensors"), "--max-len-b", "6"]
      let run = try Programs.run(
        "fairline-generate",
        [path("bin"), "--gen-subset", "valid", "--remove-bpe"] + model + text)
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.output.contains("S-0\tit's a well-known word, isn't it?\n"))
      #expect(run.output.contains("T-0\tit 's a well-known word, isn' t it?\n"))
      let input = path("valid.en")
      let spoken = try Programs.run(
        "fairline-interactive", [path("bin"), "--input", input] + model + text)
      #expect(spoken.code == 0 && !spoken.output.contains("<unk>"), "\(spoken.errors)")
      let source = "S-0\ti@@ t &@@ a@@ p@@ o@@ s@@ ;@@ s"
      #expect(spoken.output.contains(source), "\(spoken.output)")
    }
  }
}

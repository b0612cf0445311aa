import Fairline
import FairlineData
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Training on text that is divided anew in each epoch.
@Suite(.serialized) struct SamplingTrainingTests {
  /// Data of words of some letters, divided by a SentencePiece model or by codes.
  private struct Data {
    let tiny: TinyData
    let flags: [String]

    init(in folder: URL, _ kind: String) throws {
      tiny = try TinyData(in: folder)
      for name in ["train", "valid", "test"] {
        for language in ["en", "de"] {
          let url = folder.appendingPathComponent("\(name).\(language)")
          let text = try String(contentsOf: url, encoding: .utf8)
          try Self.spelt(text).write(to: url, atomically: true, encoding: .utf8)
        }
      }
      try FileManager.default.removeItem(atPath: tiny.bin)
      let codes = tiny.path("codes")
      try "#version: 0.2\na n\nb an\nc an</w>\n"
        .write(toFile: codes, atomically: true, encoding: .utf8)
      // Letters are in the dictionary, as in any larger text.
      let units = "a@@ b@@ c@@ n@@ an@@ ban@@ a b c n an ban can"
      let dictionary = units.split(separator: " ").map { "\($0) 1\n" }.joined()
      try dictionary.write(toFile: tiny.path("dict"), atomically: true, encoding: .utf8)
      let division =
        kind == "codes"
        ? ["--bpe", "subword_nmt", "--bpe-codes", codes, "--srcdict", tiny.path("dict")]
        : [
          "--bpe", "sentencepiece", "--sentencepiece-type", kind, "--sentencepiece-vocab-size",
          kind == "bpe" ? "16" : "12",
        ]
      let made = try Programs.run(
        "fairline-preprocess",
        [
          "-s", "en", "-t", "de", "--trainpref", tiny.path("train"), "--validpref",
          tiny.path("valid"), "--testpref", tiny.path("test"), "--joined-dictionary",
          "--destdir", tiny.bin,
        ] + division)
      #expect(made.code == 0, "\(made.errors)")
      flags =
        kind == "codes"
        ? ["--bpe-dropout", "0.3", "--bpe-dropout-codes", codes]
        : ["--sentencepiece-enable-sampling", "--sentencepiece-alpha", "0.3"]
    }

    /// Words of few letters for `w0` to `w8`.
    private static func spelt(_ text: String) -> String {
      var text = text
      for (number, word) in "an ban can ana bana cab nab abc nacan".split(separator: " ")
        .enumerated()
      {
        text = text.replacing("w\(number)", with: word)
      }
      return text
    }

    func bytes(_ save: String, _ more: [String]) throws -> [String: [UInt8]] {
      #expect(tiny.train(save, ["--max-update", "9", "--max-tokens", "200"] + more) == 0)
      return try tensorBytes(tiny.path("\(save)/checkpoint_last.safetensors"))
    }
  }

  @Test(arguments: ["bpe", "unigram", "codes"])
  func stopsAndThreadsDoNotChangeBits(_ kind: String) throws {
    try withTemporaryFolder { folder in
      let data = try Data(in: folder, kind)
      defer { Parallel.setThreadCount(0) }
      let whole = try data.bytes("whole", data.flags + ["--save-interval-updates", "1"])
      #expect(try data.bytes("plain", []) != whole)
      #expect(try data.bytes("threads", data.flags + ["--threads", "2"]) == whole)
      let names = try FileManager.default.contentsOfDirectory(atPath: data.tiny.path("whole"))
      let middle = names.filter { $0.hasSuffix("_2.safetensors") || $0.hasSuffix("_5.safetensors") }
      #expect(middle.count == 2)
      for name in middle {
        let more = data.flags + ["--restore-file", data.tiny.path("whole/\(name)")]
        #expect(try data.bytes("again\(name)", more) == whole, "\(name)")
      }
    }
  }

  /// The same model has the same loss on validation data, whatever training samples.
  @Test func validationIsNotSampled() throws {
    try withTemporaryFolder { folder in
      let data = try Data(in: folder, "bpe")
      #expect(data.tiny.train("model", ["--max-update", "2"] + data.flags) == 0)
      let path = data.tiny.path("model/checkpoint_last.safetensors")
      let arguments = [data.tiny.bin, "--path", path, "--max-tokens", "200"]
      let plain = try Programs.run("fairline-validate", arguments)
      let sampled = try Programs.run("fairline-validate", arguments + data.flags)
      #expect(plain.code == 0 && sampled.code == 0, "\(sampled.errors)")
      let loss = { (text: String) in
        text.split(separator: "|").first { $0.contains("loss") }.map(String.init)
      }
      let whole = try #require(loss(plain.errors + plain.output))
      #expect(loss(sampled.errors + sampled.output) == whole)
    }
  }

  @Test func whatCannotBeSampledIsRefused() throws {
    try withTemporaryFolder { folder in
      let data = try Data(in: folder, "codes")
      let codes = data.tiny.path("codes")
      for (flags, part) in [
        (["--sentencepiece-enable-sampling"], "have no SentencePiece model"),
        (["--bpe-dropout", "0.1"], "--bpe-dropout-codes"),
        (["--bpe-dropout", "0.1", "--bpe-dropout-codes", codes + "x"], codes + "x"),
        (
          ["--bpe-dropout", "0.1", "--bpe-dropout-codes", codes, "--load-alignments"],
          "--load-alignments"
        ),
        (
          [
            "--bpe-dropout", "0.1", "--bpe-dropout-codes", codes, "--sentencepiece-enable-sampling",
          ],
          "leave one out"
        ),
      ] {
        let run = try Programs.run(
          "fairline-train", data.tiny.arguments("no", ["--max-update", "1"] + flags))
        #expect(run.code == 1 && run.errors.contains(part), "\(flags): \(run.errors)")
      }
    }
  }
}

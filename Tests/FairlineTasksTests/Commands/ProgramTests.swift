import Fairline
import FairlineTesting
import Foundation
import Testing

/// The programs as a user runs them.
@Suite(.serialized) struct ProgramTests {
  @Test func trainingThenTranslating() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder, sentences: 400)
      let more = [
        "--max-epoch", "2", "--eval-bleu", "--eval-bleu-args", #"{"beam": 2, "max_len_b": 8}"#,
        "--best-checkpoint-metric", "bleu", "--maximize-best-checkpoint-metric",
        "--keep-last-epochs", "1", "--log-format", "json",
      ]
      let trained = try Programs.run("fairline-train", data.arguments("model", more))
      #expect(trained.code == 0, "\(trained.errors)")
      #expect(trained.errors.contains(#""valid_bleu""#))
      let names = try FileManager.default.contentsOfDirectory(atPath: data.path("model")).sorted()
      #expect(
        names == [
          "checkpoint2.safetensors", "checkpoint_best.safetensors", "checkpoint_last.safetensors",
        ])
      let best = data.path("model/checkpoint_best.safetensors")
      let found = try Programs.run(
        "fairline-generate",
        [data.bin, "--path", best, "--beam", "3", "--nbest", "2", "--max-len-b", "10"])
      #expect(found.code == 0, "\(found.errors)")
      let lines = found.output.split(separator: "\n")
      for id in 0..<12 {
        #expect(lines.filter { $0.hasPrefix("S-\(id)\t") }.count == 1)
        #expect(lines.filter { $0.hasPrefix("T-\(id)\t") }.count == 1)
        for kind in ["H", "D", "P"] {
          #expect(lines.filter { $0.hasPrefix("\(kind)-\(id)\t") }.count == 2)
        }
      }
      #expect(lines.last?.hasPrefix("Generate test with beam=3: BLEU4 = ") == true)
      #expect(found.errors.contains("NOTE: hypothesis and token scores are output in base 2"))
      #expect(found.errors.contains("Translated 12 sentences"))
      let typed = try Programs.run(
        "fairline-interactive", ["--path", best, "--beam", "2", "--buffer-size", "4"],
        input: "w1 w2\n\nw3 unheard-of\r\n")
      #expect(typed.code == 0, "\(typed.errors)")
      let answers = typed.output.split(separator: "\n").filter { $0.hasPrefix("H-") }
      #expect(answers.map { $0.prefix(3) } == ["H-0", "H-1", "H-2"])
      #expect(typed.errors.contains("1 words are not in the dictionary"))
      let scores = try Programs.run(
        "fairline-generate", [data.bin, "--path", best, "--score-reference"])
      #expect(scores.code == 0, "\(scores.errors)")
    }
  }

  @Test func workersAndOrderDoNotChangeResults() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "4"]) == 0)
      let path = data.path("model/checkpoint_last.safetensors")
      func lines(_ more: [String]) throws -> [String] {
        let run = try Programs.run(
          "fairline-generate", [data.bin, "--path", path, "--max-len-b", "8"] + more)
        #expect(run.code == 0, "\(run.errors)")
        return run.output.split(separator: "\n").map(String.init)
      }
      let one = try lines(["--workers", "1", "--batch-size", "4"])
      #expect(try lines(["--workers", "2", "--batch-size", "4"]) == one)
      let kept = try lines(["--keep-order", "--batch-size", "3"])
      let sources = kept.filter { $0.hasPrefix("S-") }
      #expect(sources.compactMap { Int($0.dropFirst(2).prefix { $0 != "\t" }) } == Array(0..<12))
      let ensemble = try lines(["--path", "\(path):\(path)", "--keep-order", "--batch-size", "3"])
      let hypotheses = { (all: [String]) in
        all.filter { $0.hasPrefix("H-") }.map { $0.split(separator: "\t").last }
      }
      #expect(hypotheses(ensemble) == hypotheses(kept))
    }
  }

  @Test func aFullDiskIsTold() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      let path = data.path("model/checkpoint_last.safetensors")
      let text = data.path("text")
      try Data("w1 w2\n".utf8).write(to: URL(fileURLWithPath: text))
      let commands = [
        ["fairline-generate", data.bin, "--path", path, "--max-len-b", "8"],
        ["fairline-interactive", "--path", path, "--max-len-b", "8", "--input", text],
        ["fairline-score", "--sys", text, "--ref", text], ["fairline-train", "--list"],
        ["fairline-train", "--help"], ["fairline-average", "--version"],
        ["fairline-preprocess", "--print-config"],
      ]
      for command in commands {
        let program = Programs.url(command[0]).path
        let run = try Programs.run(
          URL(fileURLWithPath: "/bin/sh"),
          ["-c", #"exec "$0" "$@" > /dev/full"#, program] + command.dropFirst())
        #expect(run.code == 1, "\(command) \(run.errors)")
        let last = run.errors.split(separator: "\n").last ?? ""
        #expect(last.contains("standard output cannot be written: No space left"), "\(last)")
      }
    }
  }

  @Test func mistakesGetOneClearSentence() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      func fails(
        _ program: String, _ arguments: [String], _ code: Int32, _ part: String
      ) throws {
        let run = try Programs.run(program, arguments)
        #expect(run.code == code, "\(arguments) \(run.errors)")
        let last = run.errors.split(separator: "\n").last ?? ""
        #expect(last.contains(part), "\(run.errors)")
        #expect(last.hasPrefix(program + ": "))
      }
      let train = data.arguments("model")
      try fails("fairline-train", train + ["--max-tokns", "9"], 2, "--max-tokens")
      try fails("fairline-train", train + ["--arch", "transformr"], 2, "transformer")
      // The flags of what was not chosen are unknown, but that is not what is wrong.
      try fails("fairline-train", [data.bin, "--share-all-embeddings"], 2, "--arch is missing")
      let chosen = [data.bin, "--arch", "transformer"]
      try fails("fairline-train", chosen + ["--adam-eps", "1e-8"], 2, "--optimizer is missing")
      try fails(
        "fairline-train", chosen + ["--optimzer=adam"], 2,
        "unknown flag --optimzer; did you mean --optimizer?")
      try fails("fairline-train", ["nowhere"] + train.dropFirst(), 1, "nowhere")
      try fails("fairline-train", train + ["--lr", "fast"], 2, "--lr")
      try fails("fairline-train", train + ["--user-dir", "plugin"], 2, "examples/plugin")
      try fails(
        "fairline-train", train + ["--restore-file", "missing.safetensors"], 1, "missing")
      try fails("fairline-generate", [data.bin], 2, "--path")
      try fails("fairline-generate", [data.bin, "--path", "no.safetensors"], 1, "no.safetensors")
      try fails("fairline-generate", [data.bin, "--path", "no.pt"], 1, "PyTorch")
      let bin = URL(fileURLWithPath: data.bin)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      let path = data.path("model/checkpoint_last.safetensors")
      try fails(
        "fairline-generate", [data.bin, "--path", path, "--model-overrides", #"{"dropot": 0}"#], 1,
        "did you mean 'dropout'")
      try fails(
        "fairline-generate",
        [data.bin, "--path", path, "--model-overrides", #"{"dropout": "none"}"#], 1,
        #"--model-overrides: 'dropout' of the architecture"#)
      let latin = folder.appendingPathComponent("latin.txt")
      try Data([0x77, 0x31, 0x0A, 0xE4, 0x0A]).write(to: latin)
      try fails("fairline-interactive", ["--path", path, "--input", latin.path], 1, "line 2")
      // Data that belong to another dictionary.
      let dictionary = bin.appendingPathComponent("dict.en.txt")
      let text = try String(contentsOf: dictionary, encoding: .utf8)
      try text.replacing("w1 ", with: "w77 ").write(
        to: dictionary, atomically: true, encoding: .utf8)
      try fails("fairline-train", data.arguments("other"), 1, "dictionary")
    }
  }
}

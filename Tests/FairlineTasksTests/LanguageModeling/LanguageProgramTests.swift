import Fairline
import FairlineData
import FairlineTesting
import Foundation
import Testing

/// Language models in the programs, as a user runs them.
@Suite(.serialized) struct LanguageProgramTests {
  /// Text of made-up words in a data folder.
  private func prepare(_ folder: URL) throws -> String {
    var random = MersenneTwister(seed: 3)
    for (name, count) in [("train", 120), ("valid", 12), ("test", 9)] {
      let lines = (0..<count).map { _ -> String in
        let first = random.next(upTo: 8)
        return (0..<(1 + random.next(upTo: 7))).map { "w\((first + $0) % 9)" }
          .joined(separator: " ")
      }
      try Data((lines.joined(separator: "\n") + "\n").utf8)
        .write(to: folder.appendingPathComponent(name))
    }
    let bin = folder.appendingPathComponent("bin").path
    let run = try Programs.run(
      "fairline-preprocess",
      ["--only-source", "--destdir", bin]
        + ["train", "valid", "test"].flatMap {
          ["--\($0)pref", folder.appendingPathComponent($0).path]
        })
    #expect(run.code == 0, "\(run.errors)")
    return bin
  }

  private func train(_ bin: String, _ folder: URL, _ more: [String]) throws -> (
    code: Int32, output: String, errors: String
  ) {
    try Programs.run(
      "fairline-train",
      [
        bin, "--task", "language_modeling", "--arch", "transformer_lm_gpt2_tiny",
        "--decoder-embed-dim", "16", "--decoder-attention-heads", "2", "--sample-break-mode",
        "eos", "--tokens-per-sample", "16", "--max-tokens", "160", "--optimizer", "adam", "--lr",
        "0.01", "--log-format", "simple", "--save-dir", folder.appendingPathComponent("model").path,
      ] + more)
  }

  /// Rare symbols in bands, whose tables and maps embeddings and output share.
  static let adaptive = [
    "--adaptive-input", "--adaptive-input-cutoff", "6,9", "--adaptive-input-factor", "2",
    "--adaptive-softmax-cutoff", "6,9", "--adaptive-softmax-factor", "2",
    "--tie-adaptive-weights", "--tie-adaptive-proj", "--criterion", "adaptive_loss",
  ]

  @Test(arguments: [[], adaptive])
  func trainingMeasuringContinuing(_ flags: [String]) throws {
    try withTemporaryFolder { folder in
      let bin = try prepare(folder)
      let trained = try train(bin, folder, ["--max-epoch", "12"] + flags)
      #expect(trained.code == 0, "\(trained.errors)")
      let path = folder.appendingPathComponent("model/checkpoint_last.safetensors").path
      let measured = try Programs.run(
        "fairline-eval-lm", [bin, "--path", path, "--output-word-probs", "--output-word-stats"])
      #expect(measured.code == 0, "\(measured.errors)")
      let lines = measured.output.split(separator: "\n").map(String.init)
      let last = try #require(lines.last?.split(separator: " ").last.flatMap { Double($0) })
      #expect(last > 1 && last < 5, "\(lines.last ?? "")")
      #expect(lines.count { $0.hasPrefix("0 w") || $0.hasPrefix("8 w") } == 2)
      #expect(measured.errors.contains("Evaluated "))
      let validated = try Programs.run(
        "fairline-validate",
        [bin, "--path", path, "--valid-subset", "valid,test", "--max-tokens", "99"])
      #expect(validated.code == 0, "\(validated.errors)")
      #expect(validated.errors.contains("valid on 'valid' subset | loss "))
      // Both programs measure the same.
      let loss = String(lines.last?.dropFirst("Loss (base 2): ".count).prefix(5) ?? "")
      #expect(
        validated.errors.contains("valid on 'test' subset | loss \(loss.prefix(4))"),
        "\(validated.errors)")
      let continued = try Programs.run(
        "fairline-interactive", ["--path", path, "--beam", "1", "--max-len-b", "8"],
        input: "w1 w2 w3\nw8\n")
      #expect(continued.code == 0, "\(continued.errors)")
      let found = continued.output.split(separator: "\n").filter { $0.hasPrefix("D-") }
      #expect(found.count == 2 && found[0].contains("\tw1 w2 w3"))
      let generated = try Programs.run(
        "fairline-generate",
        [bin, "--path", path, "--prefix-size", "1", "--max-len-b", "8", "--batch-size", "4"])
      #expect(generated.code == 0, "\(generated.errors)")
      for id in 0..<9 { #expect(generated.output.contains("\nH-\(id)\t") || id == 0) }
    }
  }

  /// A run that stops and goes on ends with the same bits; a file of integers continues texts as
  /// rounding in memory does.
  @Test func adaptiveModelsGoOnAndAreRounded() throws {
    try withTemporaryFolder { folder in
      let bin = try prepare(folder)
      let more = Self.adaptive + ["--adaptive-softmax-dropout", "0.2"]
      let name = "model/checkpoint_last.safetensors"
      func run(_ part: String, _ epochs: Int) throws -> String {
        let place = folder.appendingPathComponent(part)
        let run = try train(bin, place, ["--max-epoch", "\(epochs)"] + more)
        #expect(run.code == 0, "\(run.errors)")
        return place.appendingPathComponent(name).path
      }
      let whole = try run("whole", 4)
      _ = try run("parts", 2)
      #expect(try tensorBytes(run("parts", 4)) == tensorBytes(whole))
      let small = folder.appendingPathComponent("small.safetensors").path
      let made = try Programs.run("fairline-quantize", [whole, "--to", small])
      #expect(made.code == 0, "\(made.errors)")
      func lines(_ arguments: [String]) throws -> String {
        let run = try Programs.run(
          "fairline-generate",
          [bin, "--prefix-size", "1", "--max-len-b", "8", "--beam", "3"] + arguments)
        #expect(run.code == 0, "\(run.errors)")
        return run.output
      }
      let rounded = try lines(["--path", whole, "--quantize", "int8"])
      #expect(rounded.contains("H-8") && !rounded.contains("nan"))
      #expect(try lines(["--path", small]) == rounded)
    }
  }

  /// Flags and components that do not belong together are named.
  @Test func whatDoesNotFitIsNamed() throws {
    try withTemporaryFolder { folder in
      let bin = try prepare(folder)
      let cases: [([String], String)] = [
        (["--encoder-layers", "2"], "--encoder-layers belongs to the architecture"),
        (["--label-smoothing", "0.1"], "--label-smoothing belongs to the criterion"),
        (["--source-lang", "de"], "--source-lang belongs to the task translation"),
        (["--self-target"], "--self-target"),
        (["--output-dictionary-size", "3"], "--output-dictionary-size 3"),
        (["--output-dictionary-size", "900"], "--output-dictionary-size 900"),
        (
          ["--add-bos-token", "--max-target-positions", "16", "--sample-break-mode", "none"],
          "--max-target-positions 16"
        ),
        (["--decoder-attention-heads", "3"], "--decoder-attention-heads 3"),
        (["--criterion", "adaptive_loss"], "give --adaptive-softmax-cutoff"),
        (["--adaptive-softmax-cutoff", "9,6"], "--adaptive-softmax-cutoff"),
        (["--adaptive-softmax-cutoff", "6,99"], "--adaptive-softmax-cutoff 6,99 goes beyond"),
        (["--tie-adaptive-weights"], "--tie-adaptive-weights needs --adaptive-input"),
        (
          ["--adaptive-softmax-cutoff", "6", "--criterion", "label_smoothed_cross_entropy"],
          "use --criterion adaptive_loss"
        ),
      ]
      for (more, expected) in cases {
        let run = try train(bin, folder, more)
        #expect(run.code != 0 && run.errors.contains(expected), "\(more): \(run.errors)")
      }
      let translating = try Programs.run(
        "fairline-train",
        [
          bin, "--task", "language_modeling", "--arch", "transformer_tiny", "--optimizer", "adam",
          "--lr", "0.1", "--max-tokens", "99",
        ])
      #expect(translating.code == 1 && translating.errors.contains("transformer_lm"))
    }
  }

  /// What measures nothing, or measures and cannot say it, is an error.
  @Test func measuringInVainIsAnError() throws {
    try withTemporaryFolder { folder in
      let bin = try prepare(folder)
      #expect(try train(bin, folder, ["--max-update", "1", "--no-epoch-checkpoints"]).code == 0)
      let model = folder.appendingPathComponent("model/checkpoint_last.safetensors").path
      let validate = "fairline-validate '\(bin)' --path '\(model)' --batch-size 4"
      let evaluate = "fairline-eval-lm '\(bin)' --path '\(model)'"
      let continues = "echo w1 | fairline-interactive --path '\(model)'"
      for (command, part) in [
        ("\(validate) --valid-subset ''", "--valid-subset names no subset"),
        ("\(validate) --valid-subset ' , '", "--valid-subset names no subset"),
        ("\(validate) 2>/dev/full; c=$?; echo ended >&2; exit $c", "ended"),
        ("\(validate) --log-file /dev/full", "--log-file /dev/full cannot be written"),
        ("\(evaluate) >/dev/full", "standard output cannot be written"),
        ("\(evaluate) >&-", "standard output cannot be written"),
        ("\(evaluate) --model-overrides '[]'", "'[]' is no JSON object"),
        ("\(validate) --model-overrides null", "'null' is no JSON object"),
        ("\(continues) --model-overrides 3", "'3' is no JSON object"),
        ("\(continues) --lm-path '\(model)' --lm-weight 1e308", "--lm-weight: '1e308'"),
        ("\(continues) --lm-path '\(model)' --lm-weight nan", "--lm-weight: 'nan'"),
      ] {
        let run = try shell(command, in: folder)
        #expect(run.code == 1 || run.code == 2, "\(command): \(run.code)")
        #expect(run.errors.contains(part), "\(command): \(run.errors)")
      }
      let copied = try shell(
        "\(validate) --log-file log 2>/dev/full && grep -q loss log", in: folder)
      #expect(copied.code == 0, "\(copied.errors)")
    }
  }
}

import FairlineTesting
import Foundation
import Testing

/// What can be known before the first update is said before it.
@Suite struct LateCheckTests {
  static let mistakes: [(flags: [String], part: String)] = [
    (["--best-checkpoint-metric", "bleu"], "--best-checkpoint-metric bleu is not measured"),
    (
      ["--eval-bleu", "--best-checkpoint-metric", "blue"],
      "choose one of loss, nll_loss, ppl, bleu"
    ),
    (["--eval-bleu", "--eval-bleu-args", #"{"beamm": 5}"#], "there is no setting 'beamm'"),
    (["--eval-bleu", "--eval-bleu-args", #"{"beam": 0}"#], "--eval-bleu-args: --beam: '0'"),
    (
      ["--eval-bleu", "--eval-bleu-args", #"{"beam": 4, "diverse_beam_groups": 3}"#],
      "cannot be split"
    ),
    (["--valid-subset", "nowhere"], "nowhere"),
    (["--valid-subset", "valid,nowhere"], "nowhere"),
    (["--log-file", "/dev/full"], "--log-file /dev/full cannot be written"),
    (["--metrics-file", "/dev/full"], "--metrics-file /dev/full cannot be written"),
    (["--save-dir", "/dev/null/x"], "--save-dir /dev/null/x"),
    (["--encoder-layers", "1000", "--encoder-embed-dim", "65536"], "of memory for parameters"),
  ]

  @Test(arguments: mistakes.indices) func isSaidBeforeTheFirstUpdate(_ index: Int) throws {
    let (flags, part) = Self.mistakes[index]
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let run = try Programs.run(
        "fairline-train",
        data.arguments(
          "save", ["--max-epoch", "1", "--log-format", "simple", "--log-interval", "1"] + flags))
      #expect(run.code == 1, "\(run.errors)")
      #expect(run.errors.split(separator: "\n").last?.contains(part) == true, "\(run.errors)")
      #expect(!run.errors.contains("num_updates="), "\(run.errors)")
    }
  }

  @Test func aLimitOnMemoryIsAnError() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      // The model finds room, and a batch does not; then the model does not.
      for (more, part) in [
        (
          [
            "--max-tokens", "100000000", "--upsample-primary", "1000", "--tokens-at-once", "0",
            "--encoder-ffn-embed-dim", "512",
          ], "out of memory"
        ),
        (["--encoder-embed-dim", "1024", "--encoder-layers", "20"], "of memory for parameters"),
      ] {
        let run = try Programs.run(
          URL(fileURLWithPath: "/bin/sh"),
          [
            "-c", #"ulimit -v 900000; exec "$0" "$@""#, Programs.url("fairline-train").path,
          ] + data.arguments("limited", ["--max-update", "1", "--threads", "1"] + more))
        #expect(run.code == 1, "\(run.code) \(run.errors)")
        #expect(run.errors.contains(part), "\(run.errors)")
      }
    }
  }

  @Test func aLimitOnFilesIsAnErrorThatLeavesNothing() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "1"]) == 0)
      let path = data.path("model/checkpoint_last.safetensors")
      let commands: [[String]] = [
        ["fairline-train"] + data.arguments("limited", ["--max-update", "1"]),
        ["fairline-quantize", path, "--to", data.path("limited/a.safetensors")],
        ["fairline-average", "--inputs", path, "--output", data.path("limited/a.safetensors")],
      ]
      for command in commands {
        let run = try Programs.run(
          URL(fileURLWithPath: "/bin/sh"),
          ["-c", #"ulimit -f 20; exec "$0" "$@""#, Programs.url(command[0]).path]
            + command.dropFirst())
        #expect(run.code == 1, "\(command[0]) \(run.errors)")
        #expect(run.errors.contains("ulimit -f"), "\(command[0]) \(run.errors)")
        let left = try FileManager.default.contentsOfDirectory(atPath: data.path("limited"))
        #expect(left.isEmpty, "\(command[0]) \(left)")
      }
    }
  }
}

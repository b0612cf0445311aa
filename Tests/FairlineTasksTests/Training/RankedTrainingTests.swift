import Fairline
import FairlineTesting
import Foundation
import Testing

/// Open MPI's starter of ranks.
enum MPIRun {
  /// Where it is installed; nil where it is not.
  static let file: URL? = ["/usr/bin/mpirun.openmpi", "/usr/bin/mpirun"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }
    .map { URL(fileURLWithPath: $0) }
  /// What it needs here: the tests may run as root and on few cores.
  static let flags = ["--allow-run-as-root", "--oversubscribe", "--bind-to", "none"]
}

/// Trainings on several ranks of Open MPI, where its `mpirun` is installed; the exchange itself is
/// tested without it.
@Suite(.serialized, .enabled(if: MPIRun.file != nil)) struct RankedTrainingTests {
  private struct Run {
    let code: Int32
    let errors: String
    /// What the ranks say, without what mpirun says.
    var lines: [String] {
      errors.split(separator: "\n").map(String.init).filter { $0.hasPrefix("fairline-train: ") }
    }
  }

  /// Runs commands side by side as one job, each with its number of ranks.
  private func run(
    _ commands: [(ranks: Int, arguments: [String])], environment: [String: String] = [:]
  ) throws -> Run {
    let mpirun = try #require(MPIRun.file)
    var line = MPIRun.flags
    for (place, command) in commands.enumerated() {
      line += (place > 0 ? [":"] : []) + ["-n", "\(command.ranks)"]
      line += [Programs.url("fairline-train").path] + command.arguments + ["--threads", "1"]
    }
    let result = try Programs.run(mpirun, line, environment: environment)
    return Run(code: result.code, errors: result.errors)
  }

  private func train(_ ranks: Int, _ arguments: [String]) throws {
    let result = try run([(ranks, arguments)])
    #expect(result.code == 0, "\(ranks) ranks: \(result.errors)")
  }

  /// A small training without the flags that the tests set themselves.
  private func arguments(_ data: TinyData, _ save: String, _ more: [String]) -> [String] {
    var all = data.arguments(save, more)
    if more.contains("--global-batches"), let place = all.firstIndex(of: "--update-freq") {
      all.removeSubrange(place...(place + 1))
    }
    return all
  }

  static let models: [[String]] = [
    ["--max-update", "8"],
    ["--max-update", "8", "--optimizer", "adafactor", "--beta1", "0.9", "--scale-parameter"],
    ["--max-update", "8", "--optimizer", "sgd", "--momentum", "0.9"],
    [
      "--max-update", "5", "--arch", "node_transformer", "--encoder-ffn-embed-dim", "16",
      "--encoder-attention-heads", "2", "--decoder-attention-heads", "2", "--encoder-layers", "1",
      "--decoder-layers", "1", "--decoder-embed-dim", "16", "--decoder-ffn-embed-dim", "16",
      "--node-encoder",
    ],
  ]

  /// Parameters, moments and where training stands: after a number of updates, and after going on
  /// from two ranks' checkpoint.
  @Test(arguments: models) func anyNumberOfRanksGivesTheSameBits(_ model: [String]) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      func file(_ name: String) -> String { data.path("\(name)/checkpoint_last.safetensors") }
      #expect(data.train("one", model + ["--update-freq", "4"]) == 0)
      let expected = try tensorBytes(file("one"))
      #expect(expected.keys.contains { $0.hasPrefix("optimizer.") })
      for (ranks, frequency) in [(2, "2"), (4, "1")] {
        try train(ranks, arguments(data, "\(ranks)", model + ["--update-freq", frequency]))
        #expect(try tensorBytes(file("\(ranks)")) == expected, "\(ranks) ranks")
      }
      try train(3, arguments(data, "3", model + ["--global-batches", "4"]))
      #expect(try tensorBytes(file("3")) == expected, "3 ranks")
      let together = try #require(try ModelFile.load(file("3")).header.progress)
      let alone = try #require(try ModelFile.load(file("one")).header.progress)
      #expect(together.updates == alone.updates && together.offset == alone.offset)
      #expect(together.best == alone.best)

      var short = model
      short[1] = "3"
      try train(2, arguments(data, "half", short + ["--global-batches", "4"]))
      let half = ["--global-batches", "4", "--restore-file", file("half")]
      try train(4, arguments(data, "again4", model + half))
      #expect(try tensorBytes(file("again4")) == expected, "from 2 ranks to 4")
      let last = try Programs.run("fairline-train", arguments(data, "again1", model + half))
      #expect(last.code == 0, "\(last.errors)")
      #expect(try tensorBytes(file("again1")) == expected, "from 2 ranks to 1")
    }
  }

  /// Half the bytes, other bits, which going on from a checkpoint keeps.
  @Test(arguments: ["adam", "adafactor"])
  func whatTravelsMayBeRounded(_ optimizer: String) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let flags = ["--max-update", "8", "--optimizer", optimizer, "--beta1", "0.9"]
        .filter { optimizer == "adafactor" || !["--beta1", "0.9"].contains($0) }
      func file(_ name: String) -> String { data.path("\(name)/checkpoint_last.safetensors") }
      try train(2, arguments(data, "whole", flags))
      try train(2, arguments(data, "half", flags + ["--exchange-half"]))
      let (whole, half) = (try tensorBytes(file("whole")), try tensorBytes(file("half")))
      #expect(whole.keys == half.keys && whole != half)
      func loss(_ name: String) throws -> Double {
        try #require(try ModelFile.load(file(name)).header.progress?.best)
      }
      let (exact, rounded) = (try loss("whole"), try loss("half"))
      #expect(abs(rounded - exact) < 0.02 * exact)
      #expect(try ModelFile.load(file("half")).header.run["exchange-half"] == true)
      var short = flags
      short[1] = "3"
      try train(2, arguments(data, "begun", short + ["--exchange-half"]))
      let more = ["--exchange-half", "--restore-file", file("begun")]
      try train(2, arguments(data, "on", flags + more))
      #expect(try tensorBytes(file("on")) == half)
      let other = try run([(2, arguments(data, "other", flags + Array(more.dropFirst())))])
      #expect(other.code != 0 && other.lines.count == 1, "\(other.errors)")
      #expect(
        other.errors.contains("was trained with --exchange-half true, not false"),
        "\(other.errors)")
    }
  }

  /// A meeting comes before every checkpoint, so that going on from one keeps the bits.
  @Test(arguments: [["slowmo", "adam"], ["diloco", "adam"], ["slowmo", "adafactor"]])
  func ranksMayTrainByThemselves(_ kind: [String]) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let flags = [
        "--max-update", "8", "--optimizer", kind[1], "--update-freq", "1", "--local-updates", "3",
        "--outer-step", kind[0], "--save-interval-updates", "4",
      ]
      func file(_ name: String) -> String { data.path("\(name)/checkpoint_last.safetensors") }
      try train(2, arguments(data, "whole", flags))
      let whole = try tensorBytes(file("whole"))
      #expect(whole.keys.contains { $0.hasPrefix("optimizer.outer_momentum/") })
      let run = try ModelFile.load(file("whole")).header.run
      #expect(run["local-updates"] == 3 && run["outer-step"] == .string(kind[0]))
      var short = flags
      short[1] = "4"
      try train(2, arguments(data, "begun", short))
      try train(2, arguments(data, "on", flags + ["--restore-file", file("begun")]))
      #expect(try tensorBytes(file("on")) == whole)
      // The same in the middle of an epoch.
      var often = flags
      often[often.count - 1] = "3"
      try train(2, arguments(data, "often", often))
      short = often
      short[1] = "3"
      try train(2, arguments(data, "begun3", short))
      try train(2, arguments(data, "on3", often + ["--restore-file", file("begun3")]))
      #expect(try tensorBytes(file("on3")) == tensorBytes(file("often")))
      // A training together goes on from it, and one by themselves from that.
      let together = ["--max-update", "9", "--optimizer", kind[1], "--restore-file", file("on")]
      try train(2, arguments(data, "together", together))
      let names = try tensorBytes(file("together")).keys
      #expect(!names.contains { $0.hasPrefix("optimizer.outer_momentum/") })
      var last = flags + ["--restore-file", file("together")]
      last[1] = "11"
      try train(2, arguments(data, "apart", last))
    }
  }

  @Test func ranksTrainALanguageModelToTheSameBits() throws {
    try withTemporaryFolder { folder in
      let text = try TinyText(in: folder)
      let flags = [
        text.bin, "--task", "language_modeling", "--arch", "transformer_lm", "--decoder-embed-dim",
        "16", "--decoder-ffn-embed-dim", "16", "--decoder-layers", "1",
        "--decoder-attention-heads", "2", "--tokens-per-sample", "12", "--dropout", "0.2",
        "--max-tokens", "60", "--optimizer", "adam", "--lr", "0.003", "--clip-norm", "1",
        "--log-format", "none", "--disable-validation", "--max-update", "6", "--global-batches",
        "4", "--save-dir",
      ]
      let alone = try Programs.run("fairline-train", flags + [text.path("1")])
      #expect(alone.code == 0, "\(alone.errors)")
      let expected = try tensorBytes(text.path("1/checkpoint_last.safetensors"))
      for ranks in [2, 4] {
        try train(ranks, flags + [text.path("\(ranks)")])
        let bits = try tensorBytes(text.path("\(ranks)/checkpoint_last.safetensors"))
        #expect(bits == expected && !bits.isEmpty, "\(ranks) ranks")
      }
    }
  }

  @Test func theFirstRankSpeaksForAll() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let log = ["--log-format", "simple", "--max-update", "2"]
      let good = try run([(2, data.arguments("good", log))])
      #expect(good.code == 0)
      let ends = good.errors.split(separator: "\n").filter { $0.contains("training ends") }
      #expect(ends.count == 1 && good.errors.contains("2 ranks train together"))
      let usage = try run([(2, data.arguments("bad", ["--no-such-flag"]))])
      #expect(usage.code != 0 && usage.lines.count == 1, "\(usage.errors)")
      var missing = data.arguments("bad")
      missing[0] = data.path("nothing")
      let nothing = try run([(2, missing)])
      #expect(nothing.code != 0 && nothing.lines.count == 1, "\(nothing.errors)")
    }
  }

  @Test func ranksThatDoNotFitTogetherAreRefusedByName() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let settings = try run([
        (1, data.arguments("model", ["--max-update", "2"])),
        (1, data.arguments("model", ["--max-update", "3"])),
      ])
      #expect(settings.code != 0 && settings.lines.count == 1, "\(settings.errors)")
      let sentence = try #require(settings.lines.first)
      #expect(sentence.contains("do not have the same --max-update"), "\(sentence)")
      #expect(sentence.contains("rank 1 (") && sentence.contains("rank 0 ("), "\(sentence)")

      // Another text behind the same path, as on another computer.
      let other = folder.appendingPathComponent("other")
      try FileManager.default.createDirectory(at: other, withIntermediateDirectories: true)
      let texts = try TinyData(in: other, sentences: 91)
      let dictionary = "\(data.bin)/dict.en.txt"
      let words = try Programs.run(
        "fairline-preprocess",
        [
          "-s", "en", "-t", "de", "--trainpref", texts.path("train"), "--validpref",
          texts.path("valid"), "--srcdict", dictionary, "--tgtdict", dictionary, "--destdir",
          texts.path("words"),
        ])
      #expect(words.code == 0, "\(words.errors)")
      for rank in 0..<2 {
        let place = folder.appendingPathComponent("computer\(rank)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
          atPath: place.appendingPathComponent("text").path,
          withDestinationPath: rank == 0 ? data.bin : texts.path("words"))
      }
      var line = data.arguments("model", ["--max-update", "2", "--threads", "1"])
      line[0] = "text"
      let script =
        "cd '\(folder.path)'/computer$OMPI_COMM_WORLD_RANK; exec "
        + ([Programs.url("fairline-train").path] + line).map { "'\($0)'" }.joined(separator: " ")
      let mpirun = try #require(MPIRun.file)
      let different = try Programs.run(
        mpirun, MPIRun.flags + ["-n", "2", "/bin/bash", "-c", script])
      #expect(different.code != 0)
      #expect(
        different.errors.contains("do not have the same training data"), "\(different.errors)")
    }
  }

  @Test func aMissingLibraryIsNamed() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let result = try Programs.run(
        "fairline-train", data.arguments("model", ["--max-update", "2"]),
        environment: [
          "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0",
          "FAIRLINE_MPI_LIBRARY": "/nothing/libmpi.so",
        ])
      #expect(result.code == 1)
      #expect(result.errors.contains("there is no MPI library"), "\(result.errors)")
      #expect(result.errors.contains("OMPI_COMM_WORLD_SIZE=2"), "\(result.errors)")
    }
  }

  @Test(arguments: [SIGSTOP, SIGKILL]) func aSilentRankEndsTheJob(_ signal: Int32) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let more = [
        "--max-update", "1000000", "--heartbeat-timeout", "4", "--threads", "1", "--log-format",
        "simple", "--log-interval", "1", "--disable-validation", "--no-save",
      ]
      let mpirun = try #require(MPIRun.file)
      // The second rank stops itself once it trains.
      let script = """
        [ $OMPI_COMM_WORLD_RANK = 0 ] || \
        (while ! grep -q num_updates \(folder.path)/log 2>/dev/null; do sleep 0.1; done
         kill -\(signal) $$) &
        exec \(Programs.url("fairline-train").path) \
        \(data.arguments("model", more).map { "'\($0)'" }.joined(separator: " ")) \
        2> >(tee -a \(folder.path)/log >&2)
        """
      let result = try Programs.run(
        mpirun,
        MPIRun.flags + ["-n", "2", "/bin/bash", "-c", script])
      #expect(result.code != 0)
      let sentences = result.errors.split(separator: "\n").filter {
        $0.contains("no sign of life from rank 1")
      }
      if signal == SIGSTOP {
        #expect(sentences.count == 1, "\(result.errors.suffix(2000))")
      } else {
        #expect(result.errors.contains("signal 9"), "\(result.errors.suffix(2000))")
      }
    }
  }
}

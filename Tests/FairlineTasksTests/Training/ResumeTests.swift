import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Going on from a checkpoint gives what the uninterrupted run gives, to the bit.
@Suite(.serialized) struct ResumeTests {
  @Test func everyUpdateCanBeGoneOnFrom() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let whole = ["--max-update", "13", "--save-interval-updates", "1"]
      #expect(data.train("whole", whole) == 0)
      let expected = try tensorBytes(data.path("whole/checkpoint_last.safetensors"))
      let names = try FileManager.default.contentsOfDirectory(atPath: data.path("whole"))
      let middle = names.filter { $0.hasPrefix("checkpoint_") && !$0.contains("last") }
        .filter { !$0.contains("best") && !$0.hasSuffix("_13.safetensors") }
      #expect(middle.count >= 9)
      for (index, name) in middle.sorted().enumerated() {
        let more = ["--max-update", "13", "--restore-file", data.path("whole/\(name)")]
        #expect(data.train("again\(index)", more) == 0)
        let observed = try tensorBytes(data.path("again\(index)/checkpoint_last.safetensors"))
        #expect(observed == expected, "\(name)")
      }
    }
  }

  @Test(arguments: try Catalog([StandardTraining.self]).optimizers.names)
  func everyOptimizerGoesOn(_ name: String) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let special = [
        "sgd": ["--momentum", "0.9"], "adafactor": ["--beta1", "0.9", "--scale-parameter"],
      ]
      let own = ["--optimizer", name, "--weight-decay", "0.01"] + special[name, default: []]
      let whole = own + ["--max-update", "7", "--save-interval-updates", "1"]
      #expect(data.train("whole", whole) == 0)
      let expected = try tensorBytes(data.path("whole/checkpoint_last.safetensors"))
      #expect(expected.keys.contains { $0.hasPrefix("optimizer.") })
      let names = try FileManager.default.contentsOfDirectory(atPath: data.path("whole"))
      let middle = try #require(names.first { $0.hasSuffix("_3.safetensors") })
      let more = own + ["--max-update", "7", "--restore-file", data.path("whole/\(middle)")]
      #expect(data.train("again", more) == 0)
      #expect(try tensorBytes(data.path("again/checkpoint_last.safetensors")) == expected)
      // The state of one is not that of another.
      let other = ["--optimizer", name.hasPrefix("adamw") ? "nag" : "adamw"]
      let file = ["--max-update", "9", "--restore-file", data.path("whole/\(middle)")]
      if name != "adam" { #expect(data.train("other", other + file) == 1) }
    }
  }

  @Test func threadsDoNotChangeTheResult() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      defer { Parallel.setThreadCount(0) }
      for threads in ["1", "2"] {
        let more = ["--max-update", "6", "--threads", threads]
        #expect(data.train(threads, more) == 0)
      }
      let one = try tensorBytes(data.path("1/checkpoint_last.safetensors"))
      #expect(try tensorBytes(data.path("2/checkpoint_last.safetensors")) == one)
    }
  }

  @Test func anotherModelOfTheSameShapesIsRefused() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("model", ["--max-update", "2"]) == 0)
      for (flags, property) in [
        (["--encoder-attention-heads", "8"], "encoderAttentionHeads 2, not 8"),
        (["--activation-fn", "gelu"], "activationFn"),
        (["--encoder-normalize-before"], "encoderNormalizeBefore false, not true"),
      ] {
        let run = try Programs.run(
          "fairline-train", data.arguments("model", ["--max-update", "3"] + flags))
        #expect(run.code == 1 && run.errors.contains(property), "\(run.errors)")
      }
      let run = try Programs.run(
        "fairline-train",
        data.arguments(
          "model",
          [
            "--max-update", "3", "--dropout", "0.3", "--label-smoothing", "0.2", "--seed", "7",
            "--adam-eps", "1e-7",
          ]))
      #expect(run.code == 0, "\(run.errors)")
      for part in [
        "architecture: dropout 0.3 instead of 0.2", "criterion: labelSmoothing 0.2 instead of 0.1",
        "the checkpoint's seed holds: 1, not 7", "settings of --optimizer adam hold: adamEps 1e-08",
      ] {
        #expect(run.errors.contains(part), "\(part): \(run.errors)")
      }
    }
  }

  @Test func aKilledRunGoesOn() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let more = ["--max-update", "60", "--save-interval-updates", "2", "--disable-validation"]
      #expect(data.train("whole", more) == 0)
      let process = Process()
      process.executableURL = Programs.url("fairline-train")
      process.arguments = data.arguments("killed", more)
      process.standardError = FileHandle.nullDevice
      try process.run()
      let last = data.path("killed/checkpoint_last.safetensors")
      while process.isRunning, !FileManager.default.fileExists(atPath: last) { usleep(2000) }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(try TensorFile(path: last).names.isEmpty == false)
      let again = try Programs.run("fairline-train", data.arguments("killed", more))
      #expect(again.code == 0, "\(again.errors)")
      let expected = try tensorBytes(data.path("whole/checkpoint_last.safetensors"))
      #expect(try tensorBytes(last) == expected)
    }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP]) func aSignalSavesAndEnds(_ signal: Int32) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let process = Process()
      process.executableURL = Programs.url("fairline-train")
      let more = ["--max-update", "100000", "--disable-validation", "--no-epoch-checkpoints"]
      process.arguments = data.arguments("stopped", more)
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(700_000)
      kill(process.processIdentifier, signal)
      process.waitUntilExit()
      #expect(process.terminationStatus == 128 + signal)
      let file = try TensorFile(path: data.path("stopped/checkpoint_last.safetensors"))
      #expect(file.names.contains { $0.hasPrefix("optimizer.") })
    }
  }

  @Test func aHangUpThatIsIgnoredStaysSo() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments =
        ["-c", #"trap "" HUP; exec "$0" "$@""#, Programs.url("fairline-train").path]
        + data.arguments("on", ["--max-update", "150", "--disable-validation"])
      process.standardError = FileHandle.nullDevice
      try process.run()
      while process.isRunning, !FileManager.default.fileExists(atPath: data.path("on")) {
        usleep(2000)
      }
      usleep(200_000)
      kill(process.processIdentifier, SIGHUP)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
  }

  @Test func aFolderBelongsToOneProcessUntilItEnds() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let process = Process()
      process.executableURL = Programs.url("fairline-train")
      let more = ["--max-update", "1000000", "--disable-validation"]
      process.arguments = data.arguments("one", more)
      process.standardError = FileHandle.nullDevice
      try process.run()
      let path = data.path("one/checkpoint1.safetensors")
      while process.isRunning, !FileManager.default.fileExists(atPath: path) { usleep(2000) }
      let second = data.arguments("one", ["--max-update", "3"])
      let refused = try Programs.run("fairline-train", second)
      #expect(refused.code == 1)
      #expect(refused.errors.contains("in use by another"), "\(refused.errors)")
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      #expect(try Programs.run("fairline-train", second).code == 0)
    }
  }
}

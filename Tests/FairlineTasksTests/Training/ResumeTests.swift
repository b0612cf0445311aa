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
      let own = ["--optimizer", name, "--weight-decay", "0.01"] + (special[name] ?? [])
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

  @Test func aSignalSavesAndEnds() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let process = Process()
      process.executableURL = Programs.url("fairline-train")
      let more = ["--max-update", "100000", "--disable-validation", "--no-epoch-checkpoints"]
      process.arguments = data.arguments("stopped", more)
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(700_000)
      process.terminate()
      process.waitUntilExit()
      #expect(process.terminationStatus == 143)
      let file = try TensorFile(path: data.path("stopped/checkpoint_last.safetensors"))
      #expect(file.names.contains { $0.hasPrefix("optimizer.") })
    }
  }
}

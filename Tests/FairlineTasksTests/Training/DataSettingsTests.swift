import Fairline
import FairlineTesting
import Foundation
import Testing

/// Settings of how training data are read do not change what is validated and translated.
@Suite struct DataSettingsTests {
  @Test func onlyTrainingIsRepeated() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let run = try Programs.run(
        "fairline-train",
        data.arguments(
          "model", ["--upsample-primary", "3", "--max-update", "2", "--log-format", "simple"]))
      #expect(run.code == 0, "\(run.errors)")
      let plain = try Programs.run(
        "fairline-train", data.arguments("plain", ["--max-update", "2", "--log-format", "simple"]))
      func sizes(_ log: String) -> [Substring] {
        log.split(separator: "\n").filter { $0.contains("valid on") }.flatMap {
          $0.split(separator: "|").filter { $0.hasPrefix(" wpb") || $0.hasPrefix(" bsz") }
        }
      }
      #expect(!sizes(plain.errors).isEmpty && sizes(run.errors) == sizes(plain.errors))
      let found = try Programs.run(
        "fairline-generate", [data.bin, "--path", data.path("model/checkpoint_last.safetensors")])
      let ids = found.output.split(separator: "\n").filter { $0.hasPrefix("S-") }
        .compactMap { $0.split(separator: "\t").first }
      #expect(!ids.isEmpty && Set(ids).count == ids.count)
      let all = try Programs.run(
        "fairline-generate", [data.bin, "--path", data.path("plain/checkpoint_last.safetensors")])
      #expect(ids.count == all.output.split(separator: "\n").count { $0.hasPrefix("S-") })
    }
  }

  @Test func namesOfValidationSetsAreTrimmed() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let run = try Programs.run(
        "fairline-train",
        data.arguments(
          "model",
          ["--valid-subset", " valid , test ", "--max-update", "2", "--log-format", "simple"]))
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.errors.contains("valid on 'test' subset"), "\(run.errors)")
    }
  }

  @Test func aTrainingThatGoesOnReadsAsItIsTold() throws {
    // A checkpoint says what the model is; how data are read is the running program's.
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let first = ["--max-epoch", "1", "--upsample-primary", "3"]
      #expect(data.train("model", first) == 0)
      func lastBatches(_ more: [String]) throws -> Int {
        let run = try Programs.run(
          "fairline-train", data.arguments("model", ["--log-format", "json"] + more))
        #expect(run.code == 0, "\(run.errors)")
        let file = try ModelFile.load(data.path("model/checkpoint_last.safetensors"))
        return try #require(file.header.progress?.batches?.count)
      }
      let three = try lastBatches(["--max-epoch", "1"])
      let one = try lastBatches(["--max-epoch", "2"])
      let two = try lastBatches(["--max-epoch", "3", "--upsample-primary", "2"])
      #expect(one < two && two < three && abs(three - 3 * one) <= 2)
    }
  }
}

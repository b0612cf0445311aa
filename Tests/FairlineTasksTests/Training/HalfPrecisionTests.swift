import Fairline
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Training with half-precision products, with activations computed again, and with a profile.
@Suite(.serialized) struct HalfPrecisionTests {
  /// Large enough that products run on the blocked kernels.
  private static let size = [
    "--encoder-embed-dim", "64", "--encoder-ffn-embed-dim", "128", "--max-tokens", "240",
  ]

  private func tensors(_ data: TinyData, _ name: String, _ more: [String]) throws -> [String:
    [UInt8]]
  {
    #expect(data.train(name, Self.size + more) == 0)
    return try tensorBytes(data.path("\(name)/checkpoint_last.safetensors"))
  }

  @Test(arguments: ["--fp16", "--bf16"]) func theRunGoesOnToTheSameBits(_ flag: String) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder, sentences: 300)
      defer { Parallel.setThreadCount(0) }
      let whole = try tensors(
        data, "whole", [flag, "--max-update", "9", "--save-interval-updates", "4"])
      let middle = data.path("whole/checkpoint_1_4.safetensors")
      let again = try tensors(
        data, "again", [flag, "--max-update", "9", "--restore-file", middle, "--threads", "1"])
      #expect(again == whole)
      let exact = try tensors(data, "exact", ["--max-update", "9"])
      #expect((exact != whole) == ProductFormat.bfloat16.isSupported)
    }
  }

  @Test func activationsComputedAgainChangeNothing() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder, sentences: 300)
      let kept = try tensors(data, "kept", ["--max-update", "5"])
      let again = try tensors(data, "again", ["--max-update", "5", "--checkpoint-activations"])
      #expect(again == kept)
    }
  }

  @Test func theProfileNamesWhatTakesTheTime() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder, sentences: 300)
      var arguments = data.arguments("profile", Self.size + ["--max-update", "5", "--profile"])
      if let place = arguments.firstIndex(of: "none") { arguments[place] = "simple" }
      let run = try Programs.run("fairline-train", arguments)
      #expect(run.code == 0, "\(run.errors)")
      let text = run.output + run.errors
      #expect(text.contains("profile of 4 updates"))
      for name in ["linear, forward", "attention, backward", "optimizer", "everything else"] {
        #expect(text.contains(name), "\(name)")
      }
    }
  }
}

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

  private let hasBfloat16 = ProductFormat.bfloat16.isSupported

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
      let hasFormat = flag == "--fp16" ? ProductFormat.bestHalf != .float32 : hasBfloat16
      #expect((exact != whole) == hasFormat)
    }
  }

  @Test func theFormatIsTheBestOfWhatWasAskedFor() {
    var settings = ComputeSettings()
    #expect(settings.format == .float32 && settings.shortfall == nil)
    settings.bf16 = true
    #expect(settings.format == (hasBfloat16 ? .bfloat16 : .float32))
    #expect((settings.shortfall == nil) == hasBfloat16)
    #expect(settings.shortfall?.contains("--bf16 runs in float32") != false)
    settings.fp16 = true
    #expect(settings.format == .bestHalf && settings.format.isSupported)
    #expect((settings.shortfall == nil) == (settings.format != .float32))
    #expect(settings.shortfall?.contains("--fp16 runs in float32") != false)
    #expect(ProductFormat.bestHalf == .float16 || !ProductFormat.float16.isSupported)
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
      #expect(text.contains("float32 products of 1024"))
      for name in ["linear, forward", "attention, backward", "optimizer", "everything else"] {
        #expect(text.contains(name), "\(name)")
      }
    }
  }
}

import FairlineTesting
import Foundation
import Testing

/// The outside package of the examples: built, trained and used as its author would.
@Suite struct PluginTests {
  @Test(.timeLimit(.minutes(30))) func anOutsidePackageTrainsAndGenerates() throws {
    let program = try Examples.program("gated", of: "plugin")
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder, sentences: 300)
      let save = data.path("model")
      let trained = try Programs.run(
        program,
        [
          "train", data.bin, "--arch", "gated_transformer", "--gated-channels", "16",
          "--gate-start", "0.3", "--criterion", "focal", "--focal-gamma", "0.5", "--optimizer",
          "adam", "--lr", "0.01", "--max-tokens", "300", "--max-epoch", "3", "--save-dir", save,
        ])
      #expect(trained.code == 0, "\(trained.errors)")
      let losses = trained.errors.split(separator: "\n").filter { $0.contains("valid on") }
        .compactMap { line in
          line.split(separator: "|").first { $0.hasPrefix(" loss ") }
            .flatMap { Double($0.split(separator: " ")[1]) }
        }
      #expect(losses.count == 3 && losses[2] < losses[0])
      let found = try Programs.run(
        program,
        [
          "generate", data.bin, "--path", save + "/checkpoint_best.safetensors", "--beam", "2",
          "--max-len-b", "8",
        ])
      #expect(found.code == 0, "\(found.errors)")
      #expect(found.output.split(separator: "\n").count { $0.hasPrefix("H-") } == 12)
      // The ordinary program does not know the architecture, and says so.
      let refused = try Programs.run(
        "fairline-generate", [data.bin, "--path", save + "/checkpoint_best.safetensors"])
      #expect(refused.code == 2)
      #expect(refused.errors.contains("gated_transformer"))
    }
  }
}

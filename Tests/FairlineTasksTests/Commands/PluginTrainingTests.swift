import FairlineTesting
import Foundation
import Testing

/// The outside package's optimizer, schedule and observer.
@Suite struct PluginTrainingTests {
  @Test(.timeLimit(.minutes(30))) func anOutsidePackageTrainsItsWay() throws {
    let program = try Examples.program("gated", of: "plugin")
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder, sentences: 300)
      func train(_ save: String, epochs: Int) throws -> String {
        let run = try Programs.run(
          program,
          [
            "train", data.bin, "--arch", "gated_transformer", "--gated-channels", "16",
            "--optimizer", "lion", "--lion-betas", "0.9,0.98", "--weight-decay", "0.01", "--lr",
            "0.003", "--lr-scheduler", "newbob", "--newbob-gain", "0.9", "--observers",
            "smooth_loss", "--smooth-keep", "0.9", "--max-tokens", "300", "--max-epoch",
            "\(epochs)", "--log-format", "json", "--save-dir", data.path(save),
          ])
        #expect(run.code == 0, "\(run.errors)")
        return run.errors
      }
      let whole = try train("whole", epochs: 4)
      func values(_ key: String, _ log: String) -> [Double] {
        log.split(separator: "\n").compactMap { line in
          guard let start = line.range(of: "\"train_\(key)\": \"") else { return nil }
          return Double(line[start.upperBound...].prefix { $0 != "\"" })
        }
      }
      let losses = values("smooth", whole)
      #expect(losses.count == 4 && losses[3] < losses[0], "\(whole)")
      // The gain of 90 percent is never reached, so that rates halve from the second epoch on.
      #expect(values("lr", whole).last == 0.00075, "\(values("lr", whole))")
      // Going on gives the same bits, the same rates and the same means.
      _ = try train("again", epochs: 2)
      let again = try train("again", epochs: 4)
      #expect(values("smooth", again) == Array(losses[2...]))
      let name = "/checkpoint_last.safetensors"
      let bytes = try tensorBytes(data.path("whole") + name)
      #expect(bytes.keys.contains { $0.hasPrefix("optimizer.exp_avg/") })
      #expect(try tensorBytes(data.path("again") + name) == bytes)
    }
  }
}

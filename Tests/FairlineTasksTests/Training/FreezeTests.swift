import Fairline
import FairlineTesting
import Foundation
import Testing

/// Trainings in which some parameters stay as they are.
@Suite(.serialized) struct FreezeTests {
  private static let name = "/checkpoint_last.safetensors"

  /// Trains some updates from a model, and gives the tensors that come out.
  private func tune(
    _ data: TinyData, _ save: String, from start: String, _ more: [String]
  ) throws -> [String: [UInt8]] {
    let code = data.train(
      save, ["--finetune-from-model", start, "--seed", "3", "--max-update", "4"] + more)
    #expect(code == 0)
    return try tensorBytes(data.path(save) + Self.name)
  }

  private func isParameter(_ name: String) -> Bool {
    !name.hasPrefix("optimizer.") && !name.hasPrefix("data/")
  }

  @Test func noOptimizerChangesWhatIsFrozen() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("first", ["--max-update", "2"]) == 0)
      let start = data.path("first") + Self.name
      let before = try tensorBytes(start)
      let decay = ["--weight-decay", "0.1"]
      let optimizers: [[String]] = [
        ["adam"] + decay, ["sgd", "--momentum", "0.9"] + decay, ["nag"] + decay,
        ["adafactor", "--scale-parameter"] + decay, ["adagrad"] + decay, ["adadelta"] + decay,
        ["adamax"] + decay,
      ]
      let patterns = "encoder.*,decoder.layers.1.self_attn.k_proj.*"
      for (number, optimizer) in optimizers.enumerated() {
        let save = "tuned\(number)"
        let after = try tune(
          data, save, from: start, ["--optimizer"] + optimizer + ["--freeze", patterns])
        var counts = (frozen: 0, trained: 0)
        for (name, bytes) in after where isParameter(name) {
          let isFrozen =
            name.hasPrefix("encoder.") || name.hasPrefix("decoder.layers.1.self_attn.k_proj.")
          #expect((bytes == before[name]) == isFrozen, "\(optimizer[0]): \(name)")
          if isFrozen { counts.frozen += 1 } else { counts.trained += 1 }
        }
        #expect(counts.frozen > 30 && counts.trained > 30)
        let header = try ModelFile.load(data.path(save) + Self.name).header
        #expect(header.run["freeze"] == ["encoder.*", "decoder.layers.1.self_attn.k_proj.*"])
      }
    }
  }

  @Test(arguments: [
    "encoder.*", "decoder.*", "*.fc1.*", "*norm*", "*embed_tokens*", "*.k_proj.bias", "*.bias",
    "*.self_attn.*,*.encoder_attn.*", "decoder.output_projection.weight",
  ])
  func whatIsTrainedFollowsTheSameGradients(_ patterns: String) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let own = ["--decoder-layers", "1"]
      #expect(data.train("first", own + ["--max-update", "2"]) == 0)
      let start = data.path("first") + Self.name
      let once =
        own + ["--optimizer", "sgd", "--lr", "0.1", "--max-update", "1", "--clip-norm", "0"]
      for extra in [[], ["--checkpoint-activations"]] {
        let save = "save\(extra.count)"
        let whole = try tune(data, save + "w", from: start, once + extra)
        let part = try tune(data, save + "p", from: start, once + extra + ["--freeze", patterns])
        let before = try tensorBytes(start)
        var counts = (frozen: 0, trained: 0)
        for (name, bytes) in part where isParameter(name) {
          let isFrozen = patterns.split(separator: ",").contains { pattern in
            let regular = pattern.replacing(".", with: "\\.").replacing("*", with: ".*")
            return name.range(of: "^\(regular)$", options: .regularExpression) != nil
          }
          #expect(bytes == (isFrozen ? before : whole)[name], "\(name)")
          if isFrozen { counts.frozen += 1 } else { counts.trained += 1 }
        }
        #expect(counts.frozen > 0 && counts.trained > 0)
      }
    }
  }

  @Test func theNormCountsWhatIsTrained() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      #expect(data.train("first", ["--max-update", "2"]) == 0)
      func norm(_ save: String, _ more: [String]) throws -> Double {
        let file = data.path(save + ".json")
        _ = try tune(
          data, save, from: data.path("first") + Self.name,
          ["--max-update", "1", "--clip-norm", "0", "--metrics-file", file, "--log-interval", "1"]
            + more)
        let text = try String(contentsOfFile: file, encoding: .utf8)
        let rows = try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        let norms = rows.compactMap { $0["gnorm"]?.doubleValue }
        return try #require(norms.first)
      }
      let all = try norm("all", [])
      let decoder = try norm("d", ["--freeze", "encoder.*"])
      let encoder = try norm("e", ["--freeze", "decoder.*"])
      #expect(decoder < all && encoder < all && encoder > 0 && decoder > 0)
      let sum = (decoder * decoder + encoder * encoder).squareRoot()
      #expect(abs(sum - all) < 2e-3 * all, "\(encoder) \(decoder) \(all)")
    }
  }

  @Test func namesThatNothingHasAreRefused() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let run = try Programs.run(
        "fairline-train", data.arguments("save", ["--freeze", "encoder.*,decodr.*"]))
      #expect(run.code == 1 && run.errors.contains("'decodr.*'"), "\(run.errors)")
    }
  }
}

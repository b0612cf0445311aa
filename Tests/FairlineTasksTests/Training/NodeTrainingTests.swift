import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlinePrograms
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// The neural-ODE Transformer in the ordinary training loop and programs.
@Suite(.serialized) struct NodeTrainingTests {
  private static let node = [
    "--arch", "node_transformer", "--node-encoder", "--node-decoder", "--node-method", "heun2",
    "--node-steps", "2", "--encoder-attention-heads", "2", "--decoder-attention-heads", "2",
    "--encoder-ffn-embed-dim", "32",
  ]

  @Test(arguments: [
    [], ["--node-steps", "0", "--node-method", "dopri5", "--node-random-end", "0.2"],
  ]) func everyUpdateCanBeGoneOnFrom(_ flags: [String]) throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let more = Self.node + flags + ["--max-update", "7", "--save-interval-updates", "2"]
      #expect(data.train("whole", more) == 0)
      let expected = try tensorBytes(data.path("whole/checkpoint_last.safetensors"))
      for name in try FileManager.default.contentsOfDirectory(atPath: data.path("whole"))
      where name.hasPrefix("checkpoint_") && name.contains("_2.") || name.contains("_4.") {
        #expect(
          data.train("again", more + ["--restore-file", data.path("whole/\(name)")]) == 0)
        let observed = try tensorBytes(data.path("again/checkpoint_last.safetensors"))
        #expect(observed == expected, "\(name)")
      }
    }
  }

  @Test func threadsDoNotChangeTheResult() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      defer { Parallel.setThreadCount(0) }
      for threads in ["1", "2"] {
        #expect(data.train(threads, Self.node + ["--max-update", "4", "--threads", threads]) == 0)
      }
      #expect(
        try tensorBytes(data.path("1/checkpoint_last.safetensors"))
          == tensorBytes(data.path("2/checkpoint_last.safetensors")))
    }
  }

  @Test func statisticsAreInTheLogAndTheAuditAtItsEnd() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let result = try Programs.run(
        "fairline-train",
        data.arguments(
          "logged",
          Self.node + [
            "--max-update", "6", "--log-format", "json", "--log-interval", "1",
            "--node-audit",
          ]))
      #expect(result.code == 0, "\(result.errors)")
      for part in [
        "\"nfe_encoder\": \"4\"", "\"nfe_decoder_back\": \"4\"", "\"node_unfinished\": \"0\"",
        "valid (heun2 x 1)", "valid (heun2 x 2)", "valid (heun2 x 4)", "valid (dopri5 1e-5)",
      ] {
        #expect(result.errors.contains(part), "\(part)")
      }
    }
  }

  /// Tolerances that no step can meet end training and translation with an error.
  @Test func solvesThatBreakOffEndTheRun() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let adaptive = Self.node + ["--node-steps", "0", "--node-method", "dopri5"]
      let strict = ["--node-rtol", "0", "--node-atol", "1e-38", "--node-max-num-steps", "100000"]
      let broken = try Programs.run(
        "fairline-train", data.arguments("broken", adaptive + strict + ["--max-update", "2"]))
      #expect(broken.code == 1)
      #expect(broken.errors.contains("solves broke off"), "\(broken.errors)")
      #expect(data.train("good", adaptive + ["--max-update", "2"]) == 0)
      let model = data.path("good/checkpoint_last.safetensors")
      func translate(_ overrides: String) throws -> (code: Int32, output: String, errors: String) {
        let result = try Programs.run(
          "fairline-generate",
          [data.bin, "--path", model, "--beam", "1", "--max-len-b", "3", "--max-len-a", "0"]
            + ["--model-overrides", overrides])
        return (result.code, result.output, result.errors)
      }
      #expect(try translate("{}").code == 0)
      let hopeless = try translate(
        "{\"node_rtol\": 0, \"node_atol\": 1e-38, \"node_max_num_steps\": 100000}")
      #expect(hopeless.code == 1 && hopeless.errors.contains("solves broke off"))
    }
  }

  @Test func aClassicTransformerIsAWarmStart() throws {
    try withTemporaryFolder { folder in
      let data = try TinyData(in: folder)
      let shape = ["--encoder-normalize-before", "--decoder-normalize-before", "--max-update", "5"]
      #expect(data.train("classic", shape + ["--encoder-ffn-embed-dim", "32"]) == 0)
      let file = data.path("classic/checkpoint_last.safetensors")
      let saved = try ModelFile.load(file)
      let catalog = try Catalog([StandardModels.self, NodeTransformerPlugin.self])
      let classic = try saved.makeModel(catalog)
      var settings = NodeTransformerSettings()
      settings.transformer.encoderEmbedDim = 16
      settings.transformer.encoderFfnEmbedDim = 32
      settings.transformer.encoderAttentionHeads = 2
      settings.transformer.decoderAttentionHeads = 2
      settings.node.nodeEncoder = true
      settings.node.nodeDecoder = true
      settings.node.nodeWeightPieces = 2
      settings.node.nodeSteps = 2
      settings.node.nodeMethod = "euler"
      settings.node.nodeInitFrom = file
      func build(_ settings: NodeTransformerSettings) throws -> any Model {
        let selection = try catalog.architectures.select("node_transformer")
        try selection.draft.merge(try JSONValue(encoding: settings))
        return try selection.build(ModelContext(task: saved.header.description))
      }
      let node = try build(settings)
      let batch = Batch.pairs(ids: [0], sources: [[5, 6, 7, 2]], targets: [[7, 6, 5, 2]])
      #expect(
        mismatch(
          node(batch, .evaluation()).logits, classic(batch, .evaluation()).logits,
          absolute: 1e-5) == nil)
      settings.node.nodeField = .postNorm
      #expect(throws: UserError.self) { try build(settings) }
      settings.node.nodeField = .preNorm
      settings.transformer.encoderFfnEmbedDim = 48
      #expect(throws: UserError.self) { try build(settings) }
      let junk = data.path("junk.safetensors")
      try Data("no tensors here".utf8).write(to: URL(fileURLWithPath: junk))
      try refuses(data, file, ["--encoder-ffn-embed-dim", "48"])
      try refuses(data, junk, [])
      try refuses(data, junk + "x", [])
    }
  }

  /// A file that does not fit ends the program with one sentence that names the flag and the file.
  private func refuses(_ data: TinyData, _ path: String, _ flags: [String]) throws {
    let result = try Programs.run(
      "fairline-train",
      data.arguments(
        "refused",
        ["--arch", "node_transformer", "--node-encoder", "--node-decoder"] + flags
          + ["--node-init-from", path]))
    let last = result.errors.split(separator: "\n").last.map(String.init) ?? ""
    #expect(result.code == 1)
    #expect(last.hasPrefix("fairline-train: --node-init-from: "), "\(last)")
    #expect(last.contains(path), "\(last)")
  }
}

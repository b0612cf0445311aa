import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor
import Testing

/// Flags, presets, and what is refused.
@Suite struct SettingsTests {
  private func parse(
    _ arguments: [String], arch: String = "node_transformer"
  ) throws -> NodeTransformerSettings {
    var catalog = Catalog()
    try NodeTransformerPlugin.register(in: &catalog)
    #expect(catalog.architectures.contains(arch))
    let draft = Draft("Architecture", NodeTransformerSettings())
    let parser = try CommandLineParser(program: "fairline-train", drafts: [draft])
    _ = try parser.parse(arguments)
    return draft.value
  }

  @Test func theStudysFlagsHaveItsDefaults() throws {
    let node = try parse([]).node
    #expect(!node.nodeEncoder && !node.nodeDecoder && !node.nodeSeparatedDecoder)
    #expect(node.nodeRtol == 0.01 && node.nodeAtol == 0.01)
    #expect(node.nodeMethod == "dopri5")
    #expect(node.nodeTs == [0, 1])
    #expect(node.nodeMaxNumSteps == 1000)
    #expect(node.nodeAugmentDims == 0 && !node.nodeTimeDependent)
  }

  @Test func everyFlagOfTheStudyIsRead() throws {
    let node = try parse([
      "--node-encoder", "--node-decoder", "--node-separated-decoder", "--node-rtol", "0.001",
      "--node-atol", "1e-4", "--node-method", "dopri5-ext", "--node-time-steps", "[0.0, 0.5, 1.0]",
      "--node-max-num-steps", "77", "--node-augment-dims", "2", "--node-time-dependent",
    ]).node
    #expect(node.nodeEncoder && node.nodeDecoder && node.nodeSeparatedDecoder)
    #expect(node.nodeRtol == 0.001 && node.nodeAtol == 1e-4)
    #expect(node.nodeTs == [0, 0.5, 1] && node.nodeMaxNumSteps == 77)
    #expect(node.nodeAugmentDims == 2 && node.nodeTimeDependent)
  }

  @Test func everySettingHasAFlagAndSurvivesAFile() throws {
    let missing = try NodeSettings.settingsWithoutFlag()
    #expect(missing.isEmpty)
    var c = Samples.settings()
    c.node.nodeSteps = 6
    c.node.nodeEvalMethod = "rk4"
    let saved = try JSONValue(encoding: c)
    let loaded = try saved.decoded(over: NodeTransformerSettings())
    #expect(loaded == c)
    // Settings stand side by side, so that they can be overridden by their flags' names.
    let changed = try saved.merging(["nodeSteps": 3, "dropout": 0.5])
      .decoded(over: NodeTransformerSettings())
    #expect(changed.node.nodeSteps == 3 && changed.transformer.dropout == 0.5)
  }

  @Test func aNodeSideHasOneLayerUnlessTold() throws {
    let c = try parse(["--node-encoder"]).resolvedTransformer
    #expect(c.encoderLayers == 1 && c.decoderLayers == 6)
    let both = try parse(["--node-encoder", "--encoder-layers", "2"]).resolvedTransformer
    #expect(both.encoderLayers == 2)
  }

  @Test(arguments: [
    (["--node-method", "dopri"], "--node-method: no solver named 'dopri'"),
    (["--node-ts", "[1.0]"], "--node-ts"),
    (["--node-ts", "[1, 0]"], "--node-ts"),
    (["--node-separated-decoder"], "--node-decoder"),
    (["--node-weight-pieces", "3", "--node-steps", "4"], "--node-weight-pieces"),
    (["--node-rtol", "0", "--node-atol", "0"], "--node-method dopri5"),
    (["--node-control", "sequence", "--node-method", "adams"], "--node-method adams"),
    (["--node-random-end", "1"], "--node-random-end"),
    (["--node-dropout", "resampled", "--node-gradient", "replay"], "--node-dropout"),
    (["--node-encoder", "--encoder-layerdrop", "0.1"], "--encoder-layerdrop"),
    (["--node-encoder", "--node-decoder", "--checkpoint-activations"], "--node-gradient replay"),
    (
      ["--node-decoder", "--decoder-layers", "1000", "--node-weight-pieces", "1000"],
      "--node-weight-pieces 1000 in each of --decoder-layers 1000"
    ),
    (["--node-eval-method", "x"], "--node-eval-method"),
  ]) func whatCannotBeIsRefused(_ arguments: [String], _ part: String) throws {
    let settings = try parse(arguments)
    do {
      _ = try NodeTransformer(settings, for: Samples.task)
      Issue.record("nothing was refused")
    } catch let error as UserError {
      #expect("\(error)".contains(part), "\(error)")
    }
  }

  @Test(arguments: [
    (["--node-weight-pieces", "0"], "--node-weight-pieces: '0'"),
    (["--node-rtol", "-1"], "--node-rtol: '-1' is not a number from 0 up"),
    (["--node-steps", "-1"], "--node-steps: '-1' is not a whole number from 0 to 10000"),
  ]) func numbersOutOfRangeAreRefused(_ arguments: [String], _ part: String) throws {
    do {
      _ = try parse(arguments)
      Issue.record("nothing was refused")
    } catch let error as OptionError {
      #expect("\(error)".contains(part), "\(error)")
    }
    var settings = NodeTransformerSettings()
    settings.node.nodeSteps = -1
    #expect(throws: OptionError.self) { try NodeTransformer(settings, for: Samples.task) }
  }

  @Test func onlyRegularSolvesAreTrainedInParts() throws {
    func isApart(_ change: @escaping (inout NodeSettings) -> Void) throws -> Bool {
      try Samples.model { change(&$0.node) }.computesSentencesApart
    }
    func fixed(_ node: inout NodeSettings) {
      (node.nodeEncoder, node.nodeMethod, node.nodeSteps) = (true, "heun2", 2)
    }
    #expect(try isApart { _ in })
    #expect(try isApart(fixed))
    #expect(try !isApart { $0.nodeDecoder = true })
    let coupled: [@Sendable (inout NodeSettings) -> Void] = [
      { $0.nodeKineticWeight = 0.1 }, { $0.nodeErrorWeight = 0.1 }, { $0.nodeRandomEnd = 0.1 },
      { $0.nodeOnLimit = .postpone },
    ]
    for couple in coupled {
      #expect(
        try !isApart {
          fixed(&$0)
          couple(&$0)
        })
    }
  }

  @Test func augmentationIsSizedByEachSidesHeads() throws {
    let model = try Samples.model {
      Variant.sides[2].change(&$0)
      $0.transformer.encoderAttentionHeads = 4
      $0.node.nodeAugmentDims = 1
    }
    let shapes = Dictionary(
      uniqueKeysWithValues: model.parameters.entries.map { ($0.name, $0.shape) })
    #expect(shapes["encoder.augment_projection.weight"] == [16, 20])
    #expect(shapes["decoder.augment_projection.weight"] == [16, 18])
  }
}

import Fairline
import FairlineModels
import FairlineNodeTransformer
import FairlineTensor
import FairlineTesting
import Testing

/// The language model whose layers are solves.
@Suite struct LanguageModelTests {
  private static let task = TaskDescription(symbols: 23, maximumPositions: 40)
  private static let texts: [[Int32]] = [
    [6, 8, 2], [4, 5, 6, 7, 8, 9, 2], [10, 2], [12, 13, 14, 15, 16, 17, 18, 2],
  ]

  private static func batch(_ texts: [[Int32]] = texts) -> Batch {
    Batch.sequences(
      ids: Array(texts.indices), targets: texts, starts: texts.map { _ in 2 })
  }

  /// One layer of 16 channels; a variant changes the settings that a ``NodeTransformer`` shares.
  private static func settings(_ variant: Variant) -> NodeLanguageModelSettings {
    var shared = Samples.settings {
      $0.node.nodeDecoder = true
      variant.change(&$0)
    }
    shared.node.nodeEncoder = false
    var c = NodeLanguageModelSettings()
    c.languageModel.decoderEmbedDim = 16
    c.languageModel.decoderFfnEmbedDim = 24
    c.languageModel.decoderAttentionHeads = 2
    c.languageModel.decoderNormalizeBefore = shared.transformer.decoderNormalizeBefore
    c.languageModel.decoderLayers = shared.transformer.decoderLayers
    c.languageModel.dropout = shared.transformer.dropout
    c.node = shared.node
    return c
  }

  private static func model(_ variant: Variant, seed: UInt64 = 1) throws -> NodeLanguageModel {
    try NodeLanguageModel(settings(variant), for: task, seed: seed)
  }

  private static let fields = Variant.product(
    Variant.fields + [Variant("separated") { $0.node.nodeSeparatedDecoder = true }],
    Variant.extras)
  private static let solvers: [Variant] = [
    .fixed("euler", 2), .fixed("rk4", 2), .fixed("explicit_adams", 6), .adaptive("dopri5", 1e-4),
  ]
  private static let dropout = Variant("dropout") { $0.transformer.dropout = 0.1 }

  private func check(_ model: NodeLanguageModel, within tolerance: Double, step: Double) {
    let (difference, gradient) = Samples.slopes(model, on: Self.batch(), step: step)
    #expect(
      abs(difference - gradient) <= tolerance * abs(difference),
      "\(difference) by differences, \(gradient) by the gradient")
  }

  @Test(arguments: fields) func gradientsOfEveryField(_ variant: Variant) throws {
    check(
      try Self.model(variant.and(.fixed("heun2", 2)).and(Self.dropout)), within: 2e-2, step: 1e-3)
  }

  @Test(
    arguments: Variant.product(
      solvers,
      [NodeGradient.replay, .backpropagation].map { mode in
        Variant("\(mode)") { $0.node.nodeGradient = mode }
      })) func gradientsOfEverySolver(_ variant: Variant) throws
  {
    check(try Self.model(variant.and(Self.dropout)), within: 1e-2, step: 4e-3)
  }

  @Test func theAdjointAgrees() throws {
    func gradients(_ mode: NodeGradient) throws -> [Float] {
      let variant = Variant.adaptive("dopri5", 1e-5).and(
        Variant("") { $0.node.nodeGradient = mode })
      return Samples.loss(try Self.model(variant), Self.batch()).gradients
    }
    func dot(_ a: [Float], _ b: [Float]) -> Double {
      zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let (exact, adjoint) = (try gradients(.replay), try gradients(.adjoint))
    #expect(exact != adjoint)
    #expect(
      dot(exact, adjoint) >= 0.999 * (dot(exact, exact) * dot(adjoint, adjoint)).squareRoot())
  }

  /// One step of Euler's method in each piece is a classic layer.
  @Test func stepsOfPiecesAreClassicLayers() throws {
    var c = LanguageModelSettings()
    (c.decoderEmbedDim, c.decoderFfnEmbedDim, c.decoderLayers) = (16, 24, 3)
    (c.decoderAttentionHeads, c.decoderNormalizeBefore) = (2, true)
    let classic = try TransformerLanguageModel(c, for: Self.task)
    let node = try Self.model(
      Variant.fixed("euler", 3).and(Variant("pieces") { $0.node.nodeWeightPieces = 3 }))
    for entry in node.parameters.entries {
      let name = entry.name.replacing("layers.0.pieces.", with: "layers.")
      let other = try #require(classic.parameters.entries.first { $0.name == name }, "\(name)")
      let numbers = classic.parameters.view(of: other, in: classic.parameters.values).scalars
      numbers.withUnsafeBufferPointer {
        node.parameters.write($0, to: entry, in: node.parameters.values)
      }
    }
    #expect(node.parameters.entries.count == classic.parameters.entries.count)
    let batch = Self.batch()
    #expect(
      mismatch(
        node(batch, .evaluation()).logits, classic(batch, .evaluation()).logits, absolute: 1e-5)
        == nil)
  }

  /// One symbol at a time gives what all at once give, also when hypotheses change places.
  @Test(
    arguments: Variant.product(
      fields,
      [
        .fixed("euler", 2), .fixed("rk4", 2), .adaptive("dopri5", 1e-3),
      ])) func stepsEqualTheWhole(_ variant: Variant) throws
  {
    let model = try Self.model(variant)
    let decoder = model.prepareSearch().makeDecoder(for: PackedTokens([[], []]))
    let steps = SearchSteps(
      parents: [[-1, -1, -1], [1, 0, 2], [0, 0, 2], [2, 1]],
      sentences: [[0, 0, 1], [0, 0, 1], [0, 0, 1], [1, 0]])
    steps.run(model, decoder, source: { _ in PackedTokens([]) }) { step, observed, expected in
      #expect(mismatch(observed, expected, absolute: 1e-5) == nil, "step \(step)")
    }
  }

  @Test func whatSolvesCostIsReported() throws {
    let model = try Self.model(.fixed("heun2", 2))
    var observers = model.observers
    #expect(observers.count == 3)
    var update = Update(number: 1, epoch: 1, position: 1, epochUpdates: 2, rate: 1, nextRate: 1)
    update.statistics = Samples.loss(model, Self.batch()).pass.statistics
    for index in observers.indices {
      observers[index].epochBegan(EpochDescription(number: 1, updates: 2))
      observers[index].updated(update)
    }
    let columns = observers.flatMap(\.columns)
    #expect(columns.first { $0.key == "nfe_decoder" }?.value == 4)
    #expect(columns.first { $0.key == "nfe_decoder_back" }?.value == 4)
    #expect(!columns.contains { $0.key.contains("encoder") && !$0.key.contains("decoder") })
    var audited = Self.settings(.fixed("heun2", 2))
    audited.node.nodeAudit = true
    let variants = try NodeLanguageModel(audited, for: Self.task).variants
    #expect(
      variants.map(\.name) == ["(heun2 x 1)", "(heun2 x 2)", "(heun2 x 4)", "(dopri5 1e-5)"])
    let losses = variants.map {
      $0.model(Self.batch(), .evaluation()).crossEntropy(targets: Self.batch().target).lossSum
    }
    #expect(Set(losses).count == 4)
  }

  @Test func settingsSurviveAFile() throws {
    #expect(try NodeLanguageModelSettings.settingsWithoutFlag() == [])
    var c = Self.settings(.fixed("rk4", 6))
    c.languageModel.decoderLearnedPos = true
    let saved = try JSONValue(encoding: c)
    #expect(saved["nodeEncoder"] == nil && saved["decoderLayerdrop"] == nil)
    #expect(try saved.decoded(over: NodeLanguageModelSettings()) == c)
    let changed = try saved.merging(["nodeSteps": 3, "dropout": 0.5]).decoded(over: c)
    #expect(changed.node.nodeSteps == 3 && changed.languageModel.dropout == 0.5)
  }

  @Test(arguments: [
    (["--node-method", "dopri"], "--node-method: no solver named 'dopri'"),
    (["--node-ts", "[1.0]"], "--node-ts"),
    (["--node-weight-pieces", "3", "--node-steps", "4"], "--node-weight-pieces"),
    (["--node-rtol", "0", "--node-atol", "0"], "--node-method dopri5"),
    (["--decoder-attention-heads", "3"], "--decoder-attention-heads 3"),
  ]) func whatCannotBeIsRefused(_ arguments: [String], _ part: String) throws {
    let draft = Draft("Architecture", NodeLanguageModelSettings())
    _ = try CommandLineParser(program: "fairline-train", drafts: [draft]).parse(arguments)
    do {
      _ = try NodeLanguageModel(draft.value, for: Self.task)
      Issue.record("nothing was refused")
    } catch let error as UserError {
      #expect("\(error)".contains(part), "\(error)")
    }
  }

  @Test(arguments: ["node_transformer_lm", "node_transformer_lm_pieces"])
  func presetsAreRegistered(_ name: String) throws {
    let catalog = try Catalog([NodeTransformerPlugin.self])
    let selection = try catalog.architectures.select(name)
    try selection.draft.merge(["decoderEmbedDim": 16, "decoderFfnEmbedDim": 16])
    let model = try selection.build(ModelContext(task: Self.task, catalog: catalog))
    #expect(model(Self.batch(), .evaluation()).logits.isFinite)
    #expect(throws: UserError.self) {
      try selection.build(ModelContext(task: Samples.task, catalog: catalog))
    }
  }
}

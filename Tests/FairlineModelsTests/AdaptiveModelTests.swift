import Fairline
import FairlineGeneration
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Models whose symbols are in bands.
@Suite struct AdaptiveModelTests {
  private static let task = TaskDescription(symbols: 24, maximumPositions: 32)
  private static let pairs = TaskDescription(
    sourceSymbols: 24, targetSymbols: 24, sharesVocabulary: true, maximumSourcePositions: 32,
    maximumTargetPositions: 32)

  /// A language model with settings to be tried.
  struct Variant: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout LanguageModelSettings) -> Void

    init(
      _ name: String, _ change: @escaping @Sendable (inout LanguageModelSettings) -> Void
    ) {
      (testDescription, self.change) = (name, change)
    }

    var settings: LanguageModelSettings {
      var c = LanguageModelSettings()
      (c.decoderEmbedDim, c.decoderFfnEmbedDim) = (16, 24)
      (c.decoderLayers, c.decoderAttentionHeads) = (2, 2)
      c.dropout = 0
      change(&c)
      return c
    }

    func make() throws -> TransformerLanguageModel {
      try TransformerLanguageModel(settings, for: task)
    }
  }

  private static let cutoffs = SymbolCutoffs([8, 15])

  private static func bands(_ c: inout LanguageModelSettings) {
    (c.adaptiveSoftmaxCutoff, c.adaptiveSoftmaxFactor) = (cutoffs, 2)
    (c.adaptiveInput, c.adaptiveInputCutoff, c.adaptiveInputFactor) = (true, cutoffs, 2)
  }

  static let variants = [
    Variant("output") { ($0.adaptiveSoftmaxCutoff, $0.adaptiveSoftmaxFactor) = (cutoffs, 2) },
    Variant("output of other channels") {
      ($0.adaptiveSoftmaxCutoff, $0.adaptiveSoftmaxFactor) = (SymbolCutoffs([5, 24]), 3)
      ($0.decoderOutputDim, $0.decoderInputDim) = (12, 10)
    },
    Variant("input") {
      ($0.adaptiveInput, $0.adaptiveInputCutoff) = (true, SymbolCutoffs([9]))
      ($0.decoderInputDim, $0.layernormEmbedding) = (12, true)
    },
    Variant("both apart") {
      bands(&$0)
      $0.adaptiveInputFactor = 1.5
      $0.decoderLearnedPos = true
    },
    Variant("shared tables") {
      bands(&$0)
      ($0.decoderInputDim, $0.decoderOutputDim) = (12, 12)
      $0.tieAdaptiveWeights = true
    },
    Variant("shared tables and maps") {
      bands(&$0)
      ($0.tieAdaptiveWeights, $0.tieAdaptiveProj) = (true, true)
      $0.decoderNormalizeBefore = true
    },
  ]

  private static let inputs = (0..<5).map { GenerationInput(id: $0, prefix: [Int32(4 + 4 * $0)]) }

  private func found(
    _ model: any Model, _ preparation: SearchPreparation = SearchPreparation()
  ) throws -> [[Hypothesis]] {
    var settings = GenerationSettings()
    (settings.beam, settings.maxLenB) = (3, 8)
    return try SequenceGenerator(models: [model], settings: settings, preparation: preparation)
      .generate(Self.inputs)
  }

  @Test(arguments: variants) func searchFindsWhatTheModelPredicts(_ variant: Variant) throws {
    let model = try variant.make()
    #expect(model.hasAdaptiveSoftmax == (variant.settings.adaptiveSoftmaxCutoff != nil))
    let (fast, slow) = (try found(model), try found(RecomputedModel(model)))
    #expect(fast.count == 5)
    for (own, expected) in zip(fast, slow) {
      #expect(own.map(\.tokens) == expected.map(\.tokens))
      for (one, other) in zip(own, expected) {
        #expect(
          mismatch(one.positionalScores, other.positionalScores, absolute: 1e-4) == nil)
      }
    }
  }

  /// What the model scores is what the search scores.
  @Test(arguments: variants) func scoresAreThoseOfTheModel(_ variant: Variant) throws {
    let model = try variant.make()
    for hypothesis in try found(model).map({ $0[0] }) {
      let batch = Batch.sequences(ids: [0], targets: [hypothesis.tokens], starts: [2])
      let scores = model(batch, .evaluation()).logProbabilities(of: hypothesis.tokens)
      #expect(mismatch(hypothesis.positionalScores, scores, absolute: 1e-4) == nil)
    }
  }

  @Test(arguments: variants) func integersAreCloseToFloats(_ variant: Variant) throws {
    let model = try variant.make()
    var preparation = SearchPreparation()
    preparation.precision = .int8
    let (exact, rounded) = (try found(model), try found(model, preparation))
    for (one, other) in zip(exact, rounded) { #expect(abs(one[0].score - other[0].score) < 0.1) }
    // What is shared the other way round keeps its numbers.
    let kept = model.parameters.entries.filter {
      $0.name.contains(".embeddings.") && $0.name.hasSuffix(".1.weight") && !$0.mayBeRounded
    }
    #expect(kept.count == (variant.settings.tieAdaptiveProj ? 3 : 0))
  }

  /// With an adaptive softmax all symbols are computed, and candidates choose among them.
  @Test func candidatesAreChosenFromAllSymbols() throws {
    var c = TransformerSettings.tiny
    (c.encoderEmbedDim, c.adaptiveSoftmaxCutoff) = (16, Self.cutoffs)
    let model = try Transformer(c, for: Self.pairs)
    var settings = GenerationSettings()
    (settings.beam, settings.maxLenB) = (3, 8)
    func found(_ candidates: (@Sendable (ArraySlice<Int32>) -> [Int32])?) throws -> [[Hypothesis]] {
      var preparation = SearchPreparation()
      preparation.candidates = candidates
      let inputs = (0..<4).map {
        GenerationInput(id: $0, source: [Int32(4 + $0), Int32(20 - $0), 2])
      }
      return try SequenceGenerator(
        models: [model], settings: settings, preparation: preparation
      ).generate(inputs)
    }
    #expect(try found { _ in Array(0..<24) } == found(nil))
    let few: [Int32] = [2, 6, 9, 17, 23]
    let chosen = try found { _ in few }
    #expect(chosen.joined().allSatisfy { Set($0.tokens).isSubset(of: few) })
    #expect(chosen.joined().contains { !Set($0.tokens).isDisjoint(with: [9, 17, 23]) })
  }

  /// Dropout of the bands is repeatable, and only training has it.
  @Test func dropoutIsRepeatable() throws {
    var c = Self.variants[5].settings
    c.adaptiveSoftmaxDropout = 0.5
    let model = try TransformerLanguageModel(c, for: Self.task)
    checkDropout(
      model, Batch.sequences(ids: [0, 1], targets: [[4, 9, 20, 2], [16, 5, 2]]))
  }

  @Test func languageModelsRefuseWhatDoesNotFit() {
    let refusals = [
      Variant("--adaptive-softmax-cutoff 8,30 goes beyond the 24 symbols") {
        $0.adaptiveSoftmaxCutoff = SymbolCutoffs([8, 30])
      },
      Variant("--adaptive-softmax-cutoff 4,8,12 makes 4 bands") {
        ($0.adaptiveSoftmaxCutoff, $0.adaptiveSoftmaxFactor) = (SymbolCutoffs([4, 8, 12]), 4)
      },
      Variant("--adaptive-input-cutoff 30 goes beyond the 24 symbols") {
        ($0.adaptiveInput, $0.adaptiveInputCutoff) = (true, SymbolCutoffs([30]))
      },
      Variant("--adaptive-input needs --adaptive-input-cutoff") { $0.adaptiveInput = true },
      Variant("--adaptive-input-cutoff 8,15 belongs to --adaptive-input") {
        $0.adaptiveInputCutoff = Self.cutoffs
      },
      Variant("--tie-adaptive-proj needs --tie-adaptive-weights") {
        Self.bands(&$0)
        $0.tieAdaptiveProj = true
      },
      Variant("--tie-adaptive-weights needs --adaptive-input and --adaptive-softmax-cutoff") {
        ($0.adaptiveSoftmaxCutoff, $0.tieAdaptiveWeights) = (Self.cutoffs, true)
      },
      Variant("--adaptive-input-cutoff equal to --adaptive-softmax-cutoff 8,15") {
        Self.bands(&$0)
        ($0.adaptiveInputCutoff, $0.tieAdaptiveWeights) = (SymbolCutoffs([8, 16]), true)
      },
      Variant("--adaptive-input-factor equal to --adaptive-softmax-factor 2") {
        Self.bands(&$0)
        ($0.adaptiveInputFactor, $0.tieAdaptiveWeights) = (3, true)
      },
      Variant("--decoder-output-dim equal to --decoder-input-dim 16") {
        Self.bands(&$0)
        ($0.decoderOutputDim, $0.tieAdaptiveWeights) = (8, true)
      },
      Variant("--decoder-output-dim equal to --decoder-embed-dim 16") {
        Self.bands(&$0)
        ($0.decoderInputDim, $0.decoderOutputDim) = (12, 12)
        ($0.tieAdaptiveWeights, $0.tieAdaptiveProj) = (true, true)
      },
      Variant("--share-decoder-input-output-embed has no output projection") {
        ($0.adaptiveSoftmaxCutoff, $0.shareDecoderInputOutputEmbed) = (Self.cutoffs, true)
      },
      Variant("--share-decoder-input-output-embed needs one table") {
        ($0.adaptiveInput, $0.adaptiveInputCutoff) = (true, Self.cutoffs)
        $0.shareDecoderInputOutputEmbed = true
      },
    ]
    for refusal in refusals {
      let text = message { _ = try refusal.make() }
      let sentence = refusal.testDescription
      #expect(text.contains(sentence), "'\(text)' does not say '\(sentence)'")
    }
    let text = message {
      var c = Self.variants[5].settings
      c.adaptiveInputFactor = 2
      let task = TaskDescription(symbols: 24, predictedSymbols: 20, maximumPositions: 32)
      _ = try TransformerLanguageModel(c, for: task)
    }
    #expect(text.contains("--output-dictionary-size"), "\(text)")
  }

  @Test func otherModelsRefuseWhatDoesNotFit() {
    let beyond = SymbolCutoffs([8, 30])
    for text in [
      message {
        var c = TransformerSettings.tiny
        c.adaptiveSoftmaxCutoff = beyond
        _ = try Transformer(c, for: Self.pairs)
      },
      message {
        var c = LSTMSettings()
        c.adaptiveSoftmaxCutoff = beyond
        _ = try LSTM(c, for: Self.pairs)
      },
      message {
        var c = LSTMLanguageModelSettings()
        c.adaptiveSoftmaxCutoff = beyond
        _ = try LSTMLanguageModel(c, for: Self.task)
      },
    ] { #expect(text.contains("--adaptive-softmax-cutoff 8,30"), "\(text)") }
    for text in [
      message {
        var c = TransformerSettings.tiny
        (c.adaptiveSoftmaxCutoff, c.shareDecoderInputOutputEmbed) = (Self.cutoffs, true)
        _ = try Transformer(c, for: Self.pairs)
      },
      message {
        var c = LSTMSettings()
        (c.adaptiveSoftmaxCutoff, c.shareDecoderInputOutputEmbed) = (Self.cutoffs, true)
        _ = try LSTM(c, for: Self.pairs)
      },
    ] { #expect(text.contains("--share-decoder-input-output-embed"), "\(text)") }
  }

  /// Encoder and decoder may share embeddings beside an adaptive softmax, as in fairseq.
  @Test func embeddingsOfBothSidesMayBeShared() throws {
    var c = TransformerSettings.tiny
    (c.adaptiveSoftmaxCutoff, c.shareAllEmbeddings) = (Self.cutoffs, true)
    (c.adaptiveSoftmaxFactor, c.decoderOutputDim) = (2, 12)
    let model = try Transformer(c, for: Self.pairs)
    #expect(
      model.parameters.aliases == ["decoder.embed_tokens.weight": "encoder.embed_tokens.weight"])
    var recurrent = LSTMSettings()
    (recurrent.adaptiveSoftmaxCutoff, recurrent.shareAllEmbeddings) = (Self.cutoffs, true)
    recurrent.decoderOutEmbedDim = 7
    #expect(try LSTM(recurrent, for: Self.pairs).hasAdaptiveSoftmax)
  }

  @Test func cutoffsAreReadFromTextsAndLists() throws {
    #expect(SymbolCutoffs(optionText: "16,36") == SymbolCutoffs([16, 36]))
    #expect(SymbolCutoffs(optionText: "[16, 36]")?.optionText == "16,36")
    for text in ["", "16,16", "36,16", "0,4", "-2", "1.5", "x", "[]"] {
      #expect(SymbolCutoffs(optionText: text) == nil, "\(text)")
    }
    for json: JSONValue in ["16,36", [16, 36]] {
      let draft = Draft<LanguageModelSettings>("settings")
      try draft.merge(["adaptiveSoftmaxCutoff": json])
      #expect(draft.value.adaptiveSoftmaxCutoff == SymbolCutoffs([16, 36]))
    }
    let draft = Draft<LanguageModelSettings>("settings")
    #expect(throws: (any Error).self) { try draft.merge(["adaptiveSoftmaxCutoff": "36,16"]) }
  }

  /// Folders with fairseq's settings are opened: cutoffs count where there are bands in the file,
  /// and recurrent models without bands note cutoffs all the same.
  @Test(arguments: GoldenParityTests.translation) func fairseqsFoldersAreOpened(
    _ golden: GoldenModel
  ) throws {
    guard case .object(let options) = try golden.options() else {
      throw UserError("no settings")
    }
    var settings = JSONObject()
    for (key, value) in options where value != .null { settings[key] = value }
    let task = try golden.task()
    settings["src_vocab"] = .integer(task.sourceSymbols)
    settings["tgt_vocab"] = .integer(task.targetSymbols)
    try withTemporaryFolder { folder in
      for name in ["model.safetensors", "dict.txt"] where golden.folder.contains(name) {
        try FileManager.default.copyItem(
          at: golden.folder.url.appendingPathComponent(name),
          to: folder.appendingPathComponent(name))
      }
      try Data(JSONValue.object(settings).compactText.utf8)
        .write(to: folder.appendingPathComponent("config.json"))
      let catalog = try Catalog([StandardTraining.self, StandardModels.self])
      let path = folder.appendingPathComponent("model.safetensors").path
      let model = try ModelFile.load(path, importers: catalog.importers).makeModel(catalog)
      let own = try golden.makeModel()
      #expect(model.hasAdaptiveSoftmax == own.hasAdaptiveSoftmax)
      #expect(model.hasAdaptiveSoftmax == (golden.testDescription == "adaptive-softmax"))
      #expect(model.parameters.values.scalars == own.parameters.values.scalars)
    }
  }

  /// fairseq's numbers.
  @Test func presets() throws {
    let catalog = try Catalog([StandardModels.self])
    for prefix in ["", "baevski_"] {
      let wiki = try catalog.architectures.select("transformer_lm_\(prefix)wiki103")
      let expected: [String: JSONValue] = [
        "decoderLayers": 16, "decoderEmbedDim": 1024, "decoderFfnEmbedDim": 4096,
        "decoderAttentionHeads": 8, "dropout": 0.3, "attentionDropout": 0.1,
        "activationDropout": 0.1, "adaptiveInput": true, "adaptiveInputCutoff": "20000,60000",
        "adaptiveSoftmaxCutoff": "20000,60000", "adaptiveSoftmaxDropout": 0.2,
        "adaptiveInputFactor": 4, "adaptiveSoftmaxFactor": 4, "tieAdaptiveWeights": true,
        "tieAdaptiveProj": true, "noDecoderFinalNorm": true, "decoderNormalizeBefore": true,
      ]
      let settings = try wiki.draft.settings()
      for (key, value) in expected {
        #expect(
          settings[key]?.doubleValue == value.doubleValue && settings[key] != nil
            && settings[key]?.stringValue == value.stringValue, "\(key)")
      }
      let billion = try catalog.architectures.select("transformer_lm_\(prefix)gbw").draft.settings()
      for (key, value) in [
        ("decoderLayers", 12), ("decoderEmbedDim", 512), ("decoderFfnEmbedDim", 4096),
        ("decoderAttentionHeads", 16), ("dropout", 0.1), ("attentionDropout", 0.1),
      ] { #expect(billion[key]?.doubleValue == value, "\(key)") }
      #expect(billion["noDecoderFinalNorm"]?.boolValue == true)
      #expect(billion["adaptiveInput"]?.boolValue == false)
    }
  }
}

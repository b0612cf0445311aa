import Fairline
import FairlineGeneration
import FairlineModels
import FairlineTensor
import Foundation
import Testing

/// Searches with a language model, with shortlists and with constraints, all at once.
@Suite struct FusionTests {
  private static let symbols = 23
  private static let weight: Float = 0.6

  private func translator(seed: UInt64) throws -> any Model {
    var c = LSTMSettings()
    (c.encoderEmbedDim, c.decoderEmbedDim, c.decoderOutEmbedDim) = (8, 8, 8)
    let task = TaskDescription(
      sourceSymbols: Self.symbols, targetSymbols: Self.symbols, sharesVocabulary: true)
    return spread(try LSTM(c, for: task, seed: seed))
  }

  private func languageModel() throws -> any Model {
    var c = LSTMLanguageModelSettings()
    (c.decoderEmbedDim, c.decoderOutEmbedDim, c.decoderLayers, c.residuals) = (8, 8, 2, true)
    return spread(
      try LSTMLanguageModel(c, for: TaskDescription(symbols: Self.symbols), seed: 5))
  }

  /// Makes predictions far from even.
  private func spread(_ model: any Model) -> any Model {
    for entry in model.parameters.entries {
      let scaled = model.parameters.view(of: entry, in: model.parameters.values) * 12
      let numbers = scaled.scalars
      numbers.withUnsafeBufferPointer {
        model.parameters.write($0, to: entry, in: model.parameters.values)
      }
    }
    return model
  }

  /// What a model says of each symbol of an output.
  private func scores(
    _ model: any Model, _ source: [Int32], _ tokens: [Int32], among candidates: [Int32]? = nil
  ) -> [[Float]] {
    let batch =
      source.isEmpty
      ? Batch.sequences(ids: [0], targets: [tokens], starts: [2])
      : Batch.pairs(ids: [0], sources: [source], targets: [tokens])
    let logits = model(batch, ForwardPass.evaluation()).logits
    let rows = (0..<tokens.count).map { logits.sliced($0..<($0 + 1)) }
    return rows.map { row in
      guard let candidates else { return row.logSoftmax().scalars }
      let own = Tensor(candidates.map { row.scalars[Int($0)] }).reshaped(to: [1, candidates.count])
      var all = [Float](repeating: -.infinity, count: Self.symbols)
      for (place, score) in own.logSoftmax().scalars.enumerated() {
        all[Int(candidates[place])] = score
      }
      return all
    }
  }

  @Test(arguments: [1, 4], [false, true])
  func everythingTogether(beam: Int, hasShortlist: Bool) throws {
    let (model, language) = (try translator(seed: 3), try languageModel())
    var settings = GenerationSettings()
    (settings.beam, settings.maxLenB, settings.constraints) = (beam, 9, .unordered)
    let shortlist: [Int32] = [0, 1, 2, 3, 5, 7, 8, 11, 12]
    var preparation = SearchPreparation()
    if hasShortlist { preparation.candidates = { _ in shortlist } }
    let generator = try SequenceGenerator(
      models: [model], settings: settings,
      adding: [LanguageModelFusion(language, weight: Self.weight)], preparation: preparation)
    let inputs = (0..<5).map {
      GenerationInput(
        id: $0, source: [Int32(4 + $0), 9, 2], constraints: $0 % 2 == 0 ? [] : [[19], [20, 21]])
    }
    let found = generator.generate(inputs)
    for (input, hypotheses) in zip(inputs, found) {
      let admitted = Set(shortlist + input.constraints.joined()).sorted()
      let candidates = hasShortlist ? admitted : nil
      #expect(!hypotheses.isEmpty)
      for hypothesis in hypotheses {
        let tokens = hypothesis.tokens
        if !input.constraints.isEmpty {
          #expect(tokens.contains(19))
          #expect(zip(tokens, tokens.dropFirst()).contains { $0 == (20, 21) })
        }
        if let candidates { #expect(tokens.allSatisfy(candidates.contains)) }
        let own = scores(model, input.source, tokens, among: candidates)
        let other = scores(language, [], tokens)
        for (place, symbol) in tokens.enumerated() {
          let sum = own[place][Int(symbol)] + Self.weight * other[place][Int(symbol)]
          #expect(abs(hypothesis.positionalScores[place] - sum) < 1e-3)
        }
      }
      #expect(generator.generate([input])[0] == hypotheses)
    }
  }

  @Test func ensemblesAreFusedToo() throws {
    let models = [try translator(seed: 3), try translator(seed: 4)]
    var settings = GenerationSettings()
    (settings.beam, settings.maxLenB, settings.temperature) = (3, 8, 1.3)
    let language = try languageModel()
    let input = GenerationInput(id: 0, source: [6, 9, 2])
    func best(_ additions: [any ScorerFactory]) throws -> Hypothesis {
      try SequenceGenerator(models: models, settings: settings, adding: additions)
        .generate([input])[0][0]
    }
    let fused = try best([LanguageModelFusion(language, weight: 2)])
    let plain = try best([])
    #expect(fused.tokens != plain.tokens)
    let nothing = try best([LanguageModelFusion(language, weight: 0)])
    #expect(nothing.tokens == plain.tokens)
  }

  /// Draws from an ensemble beside a language model.
  @Test(arguments: [0, 4]) func samplesAreFusedToo(topK: Int) throws {
    let models = [try translator(seed: 3), try translator(seed: 4)]
    let language = try languageModel()
    var settings = GenerationSettings()
    (settings.beam, settings.nbest, settings.maxLenB) = (6, 6, 8)
    (settings.sampling, settings.samplingTopk) = (true, topK)
    let generator = try SequenceGenerator(
      models: models, settings: settings,
      adding: [LanguageModelFusion(language, weight: Self.weight)])
    let input = GenerationInput(id: 0, source: [6, 9, 2])
    let found = generator.generate([input])[0]
    #expect(found.count == 6)
    #expect(Set(found.map(\.tokens)).count > 1)
    for hypothesis in found {
      let tokens = hypothesis.tokens
      let own = models.map { scores($0, input.source, tokens) }
      let other = scores(language, [], tokens)
      for (place, symbol) in tokens.enumerated() {
        let mean = own.reduce(0) { $0 + exp($1[place][Int(symbol)]) } / 2
        let sum = log(mean) + Self.weight * other[place][Int(symbol)]
        #expect(abs(hypothesis.positionalScores[place] - sum) < 1e-3)
      }
    }
  }
}

import Fairline
import FairlineData
import FairlineGeneration
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Language models against fairseq's predictions, losses, gradients, updates and searches.
@Suite struct LanguageParityTests {
  @Test func thereAreModels() throws {
    #expect(LanguageFixture.all.count > 6)
    #expect(try LanguageFixture.all.count { try $0.isAdaptive } >= 2)
  }

  /// Every folder holds a model, of an architecture that is known, and only what a test reads.
  @Test func kindsAreKnown() throws {
    let files = [
      "batches.json", "config.json", "dict.txt", "eval.json", "forward_a.safetensors",
      "generation.json", "grads_a.safetensors", "loss_and_updates.json", "model.safetensors",
      "params_after3.safetensors",
    ]
    for fixture in LanguageFixture.all {
      let names = FixtureFolder(fixture.folder).paths
      #expect(names.sorted() == files, "\(fixture)")
      _ = try fixture.makeModel()
      #expect(try fixture.criterion() is CrossEntropyCriterion == !fixture.isAdaptive)
    }
  }

  @Test(arguments: LanguageFixture.all) func predictions(_ fixture: LanguageFixture) throws {
    let (model, batch) = (try fixture.makeModel(), try fixture.batch("a"))
    let golden = try fixture.tensors("forward_a")
    let segments = batch.decoderInput.segments
    let output = model(batch, .evaluation())
    let expected = try PaddedRows(golden, "lprobs")
    #expect(expected.mismatch(output.logits.logSoftmax(), segments, 2e-5) == nil)
    let decoded = try PaddedRows(golden, "decoder_out")
    let own = decoded.channels == output.states.shape.columns ? output.states : output.logits
    #expect(decoded.mismatch(own, segments, 1e-4) == nil)
    let scores = output.logProbabilities(of: batch.target, rowsAtOnce: 5)
    let all = output.logits.logSoftmax().elements(at: batch.target).scalars
    // At the baseline, OpenBLAS rounds rows by how many there are: as near as to the golden ones.
    #expect(mismatch(scores, all, absolute: 2e-5) == nil)
    guard let transformer = model as? TransformerLanguageModel else {
      #expect(try !fixture.architecture.hasPrefix("transformer"))
      return
    }
    var states: [Tensor] = []
    _ = transformer.decoder(batch.decoderInput, observe: { states.append($0) }, .evaluation())
    #expect(states.count == golden.names.count { $0.hasPrefix("decoder_state_") })
    for (index, state) in states.enumerated() {
      let expected = try PaddedRows(golden, "decoder_state_\(index)", timeFirst: true)
      #expect(expected.mismatch(state, segments, 2e-5) == nil, "state \(index)")
    }
  }

  @Test(arguments: LanguageFixture.all) func lossAndGradients(_ fixture: LanguageFixture) throws {
    let (model, criterion) = (try fixture.makeModel(), try fixture.criterion())
    let losses = try fixture.json("loss_and_updates")["losses"]
    let golden = try fixture.tensors("grads_a")
    for name in ["a", "b"] {
      let batch = try fixture.batch(name)
      let pass = ForwardPass.training(RandomSource(seed: 1))
      model.parameters.prepareGradients()
      let loss = criterion(model, batch, pass)
      // fairseq's adaptive loss leaves out symbols; the criterion's is the whole sum.
      let expected = losses?[name]?["nll_sum_from_lprobs"]?.doubleValue ?? .nan
      #expect(abs(loss.record.loss - expected) < 1e-5 * abs(expected))
      #expect(loss.record.sampleSize == losses?[name]?["sample_size"]?.integerValue)
      if let reference = try ReferenceAdaptiveLoss(fixture) {
        let sum = losses?[name]?["loss_sum"]?.doubleValue ?? .nan
        #expect(abs(reference.goBack(model, batch) - sum) < 1e-5 * abs(sum))
      } else {
        pass.tape?.goBack(from: loss.value)
      }
      guard name == "a" else { continue }
      #expect(try model.parameters.gradientDifferences(from: golden.parameters) == [])
    }
  }

  /// The criterion computes each band for its own targets, and has the gradients of all
  /// probabilities; what is shared has the sum of the gradients of what is not.
  @Test func adaptiveGradientsAreThoseOfAllProbabilities() throws {
    let adaptive = try LanguageFixture.all.filter { try $0.isAdaptive }
    #expect(adaptive.count >= 2)
    for fixture in adaptive {
      let (model, batch) = (try fixture.makeModel(), try fixture.batch("a"))
      func gradients(
        _ model: any Model, _ loss: (ModelOutput) -> Tensor
      ) -> [String: Tensor] {
        let pass = ForwardPass.training(RandomSource(seed: 1))
        model.parameters.prepareGradients()
        pass.tape?.goBack(from: loss(model(batch, pass)))
        let parameters = model.parameters
        return Dictionary(
          uniqueKeysWithValues: parameters.entries.map {
            ($0.name, parameters.view(of: $0, in: parameters.gradients) + 0)
          })
      }
      let whole = gradients(model) { $0.logits.crossEntropy(targets: batch.target).loss }
      let bands = gradients(model) { $0.crossEntropy(targets: batch.target).loss }
      #expect(!bands.isEmpty)
      for (name, gradient) in bands {
        let expected = try #require(whole[name])
        #expect(mismatch(gradient, expected, absolute: 1e-4) == nil, "\(name)")
      }
      guard try fixture.settings("model")["tie_adaptive_proj"]?.boolValue == true else { continue }
      let apart = gradients(
        try #require(try ReferenceAdaptiveLoss(fixture)).untied(model)
      ) { $0.crossEntropy(targets: batch.target).loss }
      for (alias, name) in model.parameters.aliases where !alias.contains("word_proj") {
        let output = try #require(apart[alias])
        let turned = alias.hasSuffix(".0.weight") ? output.transposed() : output
        let sum = try #require(apart[name]) + turned
        #expect(mismatch(try #require(bands[name]), sum, absolute: 1e-4) == nil, "\(alias)")
      }
    }
  }

  @Test(arguments: LanguageFixture.all) func threeUpdates(_ fixture: LanguageFixture) throws {
    let (model, criterion) = (try fixture.makeModel(), try fixture.criterion())
    let reference = try ReferenceAdaptiveLoss(fixture)
    let train = try fixture.settings("optimizer")
    var settings = Adam.Settings()
    let betas = try #require(train["adam_betas"]?.stringValue)
    settings.adamBetas = betas.split { "(), ".contains($0) }.compactMap { Double($0) }
    #expect(settings.adamBetas.count == 2)
    settings.adamEps = train["adam_eps"]?.doubleValue ?? .nan
    settings.weightDecay = train["weight_decay"]?.doubleValue ?? .nan
    let clip = try #require(fixture.settings("optimization")["clip_norm"]?.doubleValue)
    let optimizer = try Adam(settings, model.parameters)
    let updates = ReferenceUpdates(
      try fixture.json("loss_and_updates")["updates"].elements(),
      parameters: try fixture.tensors("params_after3").parameters, clip: clip)
    let differences = try updates.differences(of: model.parameters, optimizer) { name in
      let batch = try fixture.batch(name)
      if let reference {
        _ = reference.goBack(model, batch)
      } else {
        let pass = ForwardPass.training(RandomSource(seed: 1))
        pass.tape?.goBack(from: criterion(model, batch, pass).value)
      }
      return batch.tokenCount
    }
    #expect(differences == [])
  }

  @Test(arguments: LanguageFixture.all) func continuations(_ fixture: LanguageFixture) throws {
    let model = try fixture.makeModel()
    let cases = try #require(try fixture.json("generation")["cases"]?.arrayValue)
    var compared = 0
    for (number, one) in cases.enumerated() {
      let parameters = try #require(one["params"])
      let settings = try GenerationSettings(json: parameters.compactText, flag: "fixture")
      let prompts = try #require(one["prefix_ids"]?.arrayValue).map(\.symbols)
      let read = try #require(one["src_tokens"]?.arrayValue).map(\.symbols)
      let inputs = prompts.enumerated().map { id, prompt in
        GenerationInput(id: id, prefix: Array(prompt.dropLast()), start: read[id][0])
      }
      let expected = try #require(one["hypos"]?.arrayValue)
      let stable = try #require(one["stable"]?.arrayValue).map { $0.boolValue == true }
      for recomputed in [false, true] {
        let searched: any Model = recomputed ? RecomputedModel(model) : model
        let found = try SequenceGenerator(models: [searched], settings: settings).generate(inputs)
        // The reference forgets what prefixes share.
        if settings.noRepeatNgramSize == 2 {
          for hypothesis in found.joined() { #expect(!repeatsPairs(hypothesis.tokens)) }
          continue
        }
        #expect(settings.noRepeatNgramSize == 0)
        let widest = inputs.map(\.prefix.count).max() ?? 0
        for row in inputs.indices where stable[row] {
          // The reference allows an end as long as any prompt of the batch goes on.
          if settings.minLen > 1, inputs[row].prefix.count < widest { continue }
          compared += 1
          let hypotheses = try #require(expected[row].arrayValue)
          #expect(!hypotheses.isEmpty)
          compare(found[row], hypotheses, "case \(number) \(parameters) row \(row)")
        }
      }
    }
    #expect(compared > 20)
  }

  private func repeatsPairs(_ symbols: [Int32]) -> Bool {
    let pairs = zip(symbols, symbols.dropFirst()).map { [$0, $1] }
    return Set(pairs).count < pairs.count
  }

  private func compare(_ found: [Hypothesis], _ expected: [JSONValue], _ place: String) {
    #expect(found.map(\.tokens) == expected.map { $0["tokens"].symbols }, "\(place)")
    for (hypothesis, json) in zip(found, expected) {
      let score = json["score"]?.doubleValue ?? .nan
      #expect(abs(Double(hypothesis.score) - score) < 1e-4, "\(place)")
      let each = json["positional_scores"].numbers.map { Float($0) }
      #expect(mismatch(hypothesis.positionalScores, each, absolute: 1e-4) == nil, "\(place)")
    }
  }
}

import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// What models of every kind compute, against fairseq: predictions, losses, gradients, updates.
@Suite struct GoldenParityTests {
  static let translation = GoldenModel.all(
    in: FixtureFolder.all("fairseq-2/lstm") + FixtureFolder.all("fairseq-2/fconv") + arch,
    with: "forward_a.safetensors"
  )

  /// Transformers with further options.
  static let arch = FixtureFolder.all("fairseq-2/arch")

  /// Recurrent language models; the others of that folder belong to their own test.
  static let language = GoldenModel.all(
    in: FixtureFolder.all(["fairseq-2", "lm"].joined(separator: "/")),
    with: "forward_a.safetensors"
  ).filter { $0.testDescription.hasPrefix("lstm") }

  static let all = translation + language

  /// Every folder and file is of a kind that a test reads.
  @Test func kindsAreKnown() throws {
    let files = ["criteria.json", "option_facts.json"]
    for folder in Self.arch {
      #expect(folder.files.allSatisfy { files.contains($0.lastPathComponent) })
      for model in folder.folders.map(FixtureFolder.init) {
        #expect(model.contains("forward_a.safetensors") || model.contains("cases.json"))
      }
    }
  }

  /// Flags that fairseq's translation models take without effect, or fail with, are refused; the
  /// adaptive softmax itself has fairseq's parameters.
  @Test func flagsOfAdaptiveModels() throws {
    for folder in Self.arch {
      let facts = try #require(try folder.json("option_facts.json").arrayValue)
      #expect(!facts.isEmpty)
      for fact in facts {
        let options = try #require(fact["options"]?.arrayValue).compactMap(\.stringValue)
        let flag = try #require(options.first)
        let known = TransformerSettings.options.map(\.format.flag)
        let flags = [
          "--tie-adaptive-weights", "--tie-adaptive-proj", "--adaptive-input",
          "--adaptive-input-cutoff", "--adaptive-input-factor",
        ]
        #expect(flags.contains(flag) && !known.contains(flag), "\(flag)")
        guard fact["ok"]?.boolValue == true else {
          #expect(fact["error"] != nil)
          continue
        }
        let place = try #require(options.firstIndex(of: "--adaptive-softmax-cutoff"))
        guard case .object(let expected) = try #require(fact["parameters"]) else {
          throw UserError("no parameters")
        }
        func shape(_ name: String) -> [Int]? {
          expected[name]?.arrayValue?.compactMap(\.integerValue)
        }
        let sizes = try #require(shape("decoder.embed_tokens.weight"))
        var c = TransformerSettings.tiny
        (c.encoderEmbedDim, c.adaptiveSoftmaxCutoff) = (
          sizes[1], SymbolCutoffs(optionText: options[place + 1])
        )
        let task = TaskDescription(
          sourceSymbols: sizes[0], targetSymbols: sizes[0], sharesVocabulary: false)
        let entries = try Transformer(c, for: task).parameters.entries
        let own = entries.filter { $0.name.contains("adaptive_softmax") }
        #expect(!own.isEmpty)
        for entry in own { #expect(shape(entry.name) == entry.shape.dimensions, "\(entry.name)") }
        let names = expected.map(\.key).filter { $0.contains("adaptive_softmax") }
        #expect(own.count == names.count { !$0.hasSuffix(".version") })
      }
    }
  }

  @Test func thereAreModels() throws {
    #expect(Self.translation.count >= 11)
    #expect(Self.language.count >= 2)
    #expect(try Self.translation.count { try $0.tensors("forward_a")["attn"] != nil } >= 3)
  }

  @Test(arguments: all) func predictions(_ golden: GoldenModel) throws {
    let (model, batch) = (try golden.makeModel(), try golden.batch(named: "a"))
    let file = try golden.tensors("forward_a")
    let output = model(batch, ForwardPass.evaluation())
    let segments = batch.decoderInput.segments
    let logits = output.logits
    let expected = try Golden(file, "decoder_out", timeFirst: false)
    if expected.channels == logits.shape.columns {
      #expect(expected.mismatch(logits, segments, leftPadded: false, tolerance: 1e-4) == nil)
    }
    let probabilities = try Golden(file, "lprobs", timeFirst: false)
    #expect(probabilities.mismatch(logits.logSoftmax(), segments, leftPadded: false) == nil)
    if file["attn"] != nil { try compareAttention(output.attention, file, batch) }
  }

  private func compareAttention(
    _ weights: AttentionWeights?, _ file: TensorFile, _ batch: Batch
  ) throws {
    let shape = try file.entry("attn").shape  // [batch, target, source]
    let numbers = try file.floats("attn")
    let sequences = try #require(weights?.sequences)
    #expect(sequences.count == shape[0])
    for (row, sequence) in sequences.enumerated() {
      let length = batch.source.segments.length(row)
      for place in 0..<batch.decoderInput.segments.length(row) {
        let first = (row * shape[1] + place) * shape[2] + shape[2] - length
        let observed = sequence.sliced(place..<(place + 1)).scalars
        #expect(
          mismatch(observed, Array(numbers[first..<(first + length)]), absolute: 2e-5) == nil)
      }
    }
  }

  @Test(arguments: all) func lossesAndGradients(_ golden: GoldenModel) throws {
    let (model, criterion) = (try golden.makeModel(), try golden.criterion())
    let losses = try golden.folder.json("loss_and_updates.json")["losses"]
    let gradients = try model.fileNames.applied(to: try golden.tensors("grads_a").parameters)
    for name in ["a", "b"] {
      let batch = try golden.batch(named: name)
      let pass = ForwardPass.training(RandomSource(seed: 1))
      model.parameters.prepareGradients()
      let loss = criterion(model, batch, pass)
      let expected = losses?[name]?["loss_sum"]?.doubleValue ?? .nan
      #expect(abs(loss.record.loss - expected) < 1e-5 * abs(expected), "\(name)")
      guard name == "a" else { continue }
      pass.tape?.goBack(from: loss.value)
      #expect(try model.parameters.gradientDifferences(from: gradients) == [])
    }
  }

  @Test(arguments: all) func threeUpdates(_ golden: GoldenModel) throws {
    let (model, criterion) = (try golden.makeModel(), try golden.criterion())
    let optimizer = try golden.optimizer(model.parameters)
    let clip = try golden.options()["clip_norm"]?.doubleValue ?? 0
    let updates = try golden.folder.json("loss_and_updates.json")["updates"].elements()
    #expect(updates.count == 3)
    let hasParameters = golden.folder.contains("params_after3.safetensors")
    #expect(hasParameters || Self.arch.contains { golden.folder.url.path.hasPrefix($0.url.path) })
    let parameters =
      hasParameters
      ? try model.fileNames.applied(to: try golden.tensors("params_after3").parameters) : nil
    let reference = ReferenceUpdates(
      updates, parameters: parameters, clip: clip, toleranceOfTiny: 1e-4)
    let differences = try reference.differences(of: model.parameters, optimizer) { name in
      let pass = ForwardPass.training(RandomSource(seed: 1))
      let loss = criterion(model, try golden.batch(named: name), pass)
      pass.tape?.goBack(from: loss.value)
      return loss.record.sampleSize
    }
    #expect(differences == [])
  }

  /// A model of some of the layers of a file, chosen when it is loaded.
  @Test func keptLayers() throws {
    let models = GoldenModel.all(in: Self.arch, with: "cases.json")
    #expect(!models.isEmpty)
    for golden in models {
      let json = try golden.folder.json("cases.json")
      let batch = try golden.batch(try #require(json["batch"]))
      let file = try golden.tensors("lprobs")
      for one in try #require(json["cases"]?.arrayValue) {
        let overrides = try #require(one["overrides"])
        let model = try golden.makeModel(overriding: overrides)
        let logits = model(batch, ForwardPass.evaluation()).logits
        // With layers of one side only, fairseq loses those of the other.
        guard one["error"] == nil, let name = one["tensor"]?.stringValue else {
          #expect(logits.isFinite)
          continue
        }
        let expected = try Golden(file, name, timeFirst: false)
        let wrong = expected.mismatch(
          logits.logSoftmax(), batch.decoderInput.segments, leftPadded: false)
        #expect(wrong == nil, "\(overrides)")
      }
    }
  }

  @Test func convolutionsHaveTheirEffectiveWeights() throws {
    let models = GoldenModel.all(
      in: FixtureFolder.all("fairseq-2/fconv"), with: "effective_weights.safetensors")
    #expect(models.count >= 2)
    for golden in models {
      let model = try #require(try golden.makeModel() as? ConvolutionalModel)
      let file = try golden.tensors("effective_weights")
      #expect(!file.names.isEmpty)
      for name in file.names {
        let own = model.effectiveWeights[name] ?? model.effectiveWeights[name + ".weight"]
        let found = try #require(own, "\(name)")
        #expect(mismatch(found.scalars, try file.floats(name), absolute: 1e-5) == nil, "\(name)")
      }
    }
  }

  @Test func encodersOfConvolutions() throws {
    for golden in Self.translation {
      guard let model = try golden.makeModel() as? ConvolutionalModel else { continue }
      let (batch, file) = (try golden.batch(named: "a"), try golden.tensors("forward_a"))
      let found = model.encode(batch.source, ForwardPass.evaluation())
      for (name, states) in [("encoder_x", found.keys), ("encoder_y", found.values)] {
        let expected = try Golden(file, name, timeFirst: false)
        #expect(
          expected.mismatch(states, batch.source.segments, leftPadded: true) == nil, "\(name)")
      }
    }
  }

  @Test func encodersOfLSTM() throws {
    for golden in Self.translation {
      guard let model = try golden.makeModel() as? LSTM else { continue }
      let batch = try golden.batch(named: "a")
      let file = try golden.tensors("forward_a")
      let found = model.encode(batch.source)
      let states = try Golden(file, "encoder_out", timeFirst: true)
      #expect(
        states.mismatch(found.states, batch.source.segments, leftPadded: false, tolerance: 1e-5)
          == nil)
      for (name, ends) in [
        ("encoder_final_hidden", found.hidden), ("encoder_final_cell", found.cells),
      ] {
        let expected = try file.floats(name)  // [layer, sentence, channel]
        #expect(mismatch(ends.flatMap(\.scalars), expected, absolute: 1e-5) == nil, "\(name)")
      }
    }
  }
}

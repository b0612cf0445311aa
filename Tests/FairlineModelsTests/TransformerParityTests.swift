import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite struct TransformerParityTests {
  @Test func thereAreModels() { #expect(!FixtureModel.all.isEmpty) }

  @Test(arguments: FixtureModel.all) func statesAndPredictions(_ fixture: FixtureModel) throws {
    let (model, batch) = (try fixture.makeModel(), try fixture.batch("a"))
    let golden = try fixture.tensors("forward_a")
    let pass = ForwardPass.evaluation()
    let (source, target) = (batch.source.segments, batch.decoderInput.segments)
    var states: [Tensor] = []
    let memory = model.encoder(batch.source, observe: { states.append($0) }, pass)
    // The reference's embedding is the one before positions are added.
    let symbols = model.encoder.embedding.vectors(batch.source, pass)
    let embedding = try Golden(golden, "encoder_embedding", timeFirst: false)
    #expect(embedding.mismatch(symbols, source, leftPadded: true) == nil)
    func count(_ prefix: String) -> Int { golden.names.count { $0.hasPrefix(prefix) } }
    #expect(states.count == count("encoder_state_") && !states.isEmpty)
    for (index, state) in states.enumerated() {
      let expected = try Golden(golden, "encoder_state_\(index)", timeFirst: true)
      #expect(expected.mismatch(state, source, leftPadded: true) == nil, "state \(index)")
    }
    let encoded = try Golden(golden, "encoder_out", timeFirst: true)
    #expect(encoded.mismatch(memory, source, leftPadded: true) == nil)
    states = []
    let weights = AttentionWeights()
    let output = model.decoder(
      batch.decoderInput, memory: memory, memorySegments: source, weights: weights,
      observe: { states.append($0) }, pass)
    #expect(states.count == count("decoder_state_") && !states.isEmpty)
    for (index, state) in states.enumerated() {
      let expected = try Golden(golden, "decoder_state_\(index)", timeFirst: true)
      #expect(expected.mismatch(state, target, leftPadded: false) == nil, "state \(index)")
    }
    let logits = model.output.output(output, pass).logits
    let expected = try Golden(golden, "logits", timeFirst: false)
    #expect(expected.mismatch(logits, target, leftPadded: false, tolerance: 1e-4) == nil)
    let probabilities = try Golden(golden, "lprobs", timeFirst: false)
    #expect(probabilities.mismatch(logits.logSoftmax(), target, leftPadded: false) == nil)
    try compareAttention(weights, golden, source, target)
    let whole = model(batch, pass)
    #expect(mismatch(whole.logits, logits, absolute: 0) == nil)
  }

  private func compareAttention(
    _ weights: AttentionWeights, _ golden: TensorFile, _ source: Segments, _ target: Segments
  ) throws {
    let shape = try golden.entry("attn").shape  // [batch, target, source]
    let numbers = try golden.floats("attn")
    #expect(weights.sequences.count == shape[0])
    for (row, sequence) in weights.sequences.enumerated() {
      let padding = shape[2] - source.length(row)
      for place in 0..<target.length(row) {
        let first = (row * shape[1] + place) * shape[2] + padding
        let expected = Array(numbers[first..<(first + source.length(row))])
        let observed = sequence.sliced(place..<(place + 1)).scalars
        #expect(mismatch(observed, expected, absolute: 2e-5) == nil)
      }
    }
  }

  @Test(arguments: FixtureModel.all) func lossAndGradients(_ fixture: FixtureModel) throws {
    let model = try fixture.makeModel()
    let smoothing = Float(
      try fixture.json("config")["train"]?["label_smoothing"]?.doubleValue ?? 0.1)
    let losses = try fixture.json("loss_and_updates")["losses"]
    let golden = try fixture.tensors("grads_a")
    for name in ["a", "b"] {
      let batch = try fixture.batch(name)
      let pass = ForwardPass.training(RandomSource(seed: 1))
      model.parameters.prepareGradients()
      let sums = model(batch, pass).crossEntropy(targets: batch.target, smoothing: smoothing)
      let (loss, nll) = (
        losses?[name]?["loss_sum"]?.doubleValue ?? .nan,
        losses?[name]?["nll_sum"]?.doubleValue ?? .nan
      )
      #expect(abs(sums.lossSum - loss) < 1e-5 * abs(loss))
      #expect(abs(sums.negativeLogLikelihood - nll) < 1e-5 * abs(nll))
      guard name == "a" else { continue }
      pass.tape?.goBack(from: sums.loss)
      #expect(try model.parameters.gradientDifferences(from: golden.parameters) == [])
    }
  }

  @Test(arguments: FixtureModel.all) func threeUpdates(_ fixture: FixtureModel) throws {
    let model = try fixture.makeModel()
    let train = try fixture.json("config")["train"]
    var settings = Adam.Settings()
    settings.adamBetas = try #require(train?["betas"]?.arrayValue).compactMap(\.doubleValue)
    settings.adamEps = train?["eps"]?.doubleValue ?? 1e-8
    settings.weightDecay = train?["weight_decay"]?.doubleValue ?? 0
    let clip = train?["clip_norm"]?.doubleValue ?? 0
    let smoothing = Float(train?["label_smoothing"]?.doubleValue ?? 0)
    let optimizer = try Adam(settings, model.parameters)
    let reference = ReferenceUpdates(
      try fixture.json("loss_and_updates")["updates"].elements(),
      parameters: try fixture.tensors("params_after3").parameters, clip: clip)
    let differences = try reference.differences(of: model.parameters, optimizer) { name in
      let batch = try fixture.batch(name)
      let pass = ForwardPass.training(RandomSource(seed: 1))
      let sums = model(batch, pass).crossEntropy(targets: batch.target, smoothing: smoothing)
      pass.tape?.goBack(from: sums.loss)
      return batch.tokenCount
    }
    #expect(differences == [])
  }
}

/// States of the reference, padded, to be compared with packed ones.
struct Golden {
  let numbers: [Float]
  let rows: Int
  let times: Int
  let channels: Int
  let timeFirst: Bool

  init(_ file: TensorFile, _ name: String, timeFirst: Bool) throws {
    let shape = try file.entry(name).shape
    numbers = try file.floats(name)
    (rows, times) = timeFirst ? (shape[1], shape[0]) : (shape[0], shape[1])
    channels = shape[2]
    self.timeFirst = timeFirst
  }

  /// Compares real positions only.
  func mismatch(
    _ packed: Tensor, _ segments: Segments, leftPadded: Bool, tolerance: Double = 2e-5
  ) -> String? {
    var expected: [Float] = []
    for row in 0..<segments.count {
      let padding = leftPadded ? times - segments.length(row) : 0
      for place in 0..<segments.length(row) {
        let time = place + padding
        let first = (timeFirst ? time * rows + row : row * times + time) * channels
        expected += numbers[first..<(first + channels)]
      }
    }
    return FairlineTesting.mismatch(packed.scalars, expected, absolute: tolerance)
  }
}

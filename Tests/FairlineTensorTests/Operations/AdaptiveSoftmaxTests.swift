import FairlineTensor
import FairlineTesting
import Foundation
import Testing

/// Probabilities and embeddings of symbols in bands.
@Suite struct AdaptiveSoftmaxTests {
  private static let channels = 6

  /// Bands of 11 symbols, and an adaptive softmax with or without parameters of embeddings.
  struct Sample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let parameters: ParameterSet
    let softmax: AdaptiveSoftmax
    let embedding: AdaptiveEmbedding

    init(_ name: String, shares: Bool, maps: Bool, cutoffs: [Int] = [4, 7], dropout: Double = 0) {
      testDescription = name
      guard let bands = SymbolBands(cutoffs: cutoffs, symbols: 11) else {
        preconditionFailure("these cutoffs divide the symbols")
      }
      let space = ParameterSpace(seed: 5)
      embedding = AdaptiveEmbedding(
        space.part("embed"), bands, inputs: channels, outputs: channels, factor: 2,
        sharesMaps: maps)
      softmax = AdaptiveSoftmax(
        space.part("softmax"), bands, channels: channels, factor: 2, dropout: dropout,
        sharing: shares ? AdaptiveSoftmax.Sharing(embedding, includesMaps: maps) : nil)
      parameters = ParameterSet(space)
    }
  }

  static let samples = [
    Sample("of its own", shares: false, maps: false),
    Sample("shared tables", shares: true, maps: false),
    Sample("shared tables and maps", shares: true, maps: true),
    Sample("one band", shares: false, maps: false, cutoffs: [11]),
    Sample("one shared band", shares: true, maps: true, cutoffs: [11]),
  ]

  private let states = sample([5, channels], 3)
  private let targets: [Int32] = [1, 5, 10, 3, 7]

  @Test func bandsDivideSymbols() throws {
    let bands = try #require(SymbolBands(cutoffs: [3, 5], symbols: 9))
    #expect(bands.ranges == [0..<3, 3..<5, 5..<9] && bands.symbolCount == 9)
    #expect(SymbolBands(cutoffs: [3, 9], symbols: 9)?.ranges == [0..<3, 3..<9])
    #expect(bands.channels(of: 9, dividedBy: 2) == [9, 4, 2])
    #expect(bands.channels(of: 9, dividedBy: 2.5) == [9, 3, 1])
    for (cutoffs, symbols) in [([3, 3], 9), ([5, 3], 9), ([0, 3], 9), ([3, 10], 9), ([-1], 9)] {
      #expect(SymbolBands(cutoffs: cutoffs, symbols: symbols) == nil, "\(cutoffs)")
    }
  }

  @Test(arguments: samples) func probabilitiesSumToOne(_ sample: Sample) {
    let output = sample.softmax(.evaluation())
    let logs = output.logits(of: states)
    #expect(logs.shape == [5, 11])
    #expect(mismatch(logs.exp().sum(along: 1).scalars, [1, 1, 1, 1, 1], absolute: 1e-5) == nil)
    let chosen = logs.elements(at: targets).scalars
    let own = output.logProbabilities(of: targets, in: states)
    #expect(mismatch(own, chosen, absolute: 1e-5) == nil)
    let sums = output.crossEntropy(of: states, targets: targets)
    #expect(abs(sums.lossSum + Double(chosen.reduce(0, +))) < 1e-4)
    #expect(abs(Double(sums.loss.scalar) - sums.lossSum) < 1e-4)
    #expect(abs(sums.negativeLogLikelihood - sums.lossSum) < 1e-5)
    let smoothed = output.crossEntropy(of: states, targets: targets, smoothing: 0.1)
    let whole = logs.crossEntropy(targets: targets, smoothing: 0.1)
    #expect(smoothed.lossSum == whole.lossSum)
  }

  /// A two-step choice by hand: head, then the band.
  @Test func aSymbolsProbabilityIsThatOfItsBandTimesItsOwn() {
    let softmax = Self.samples[0].softmax
    let logs = softmax(.evaluation()).logits(of: states)
    let head = states.linear(weight: softmax.head[0].value).softmax()
    for (number, range) in [4..<7, 7..<11].enumerated() {
      let tail = softmax.tails[number]
      let within = states.linear(weight: tail.map.value).linear(weight: tail.table.value).softmax()
      let expected = within * head.sliced((4 + number)..<(5 + number), along: 1)
      let found = logs.sliced(range, along: 1).exp()
      #expect(mismatch(found, expected, absolute: 1e-6) == nil, "band \(range)")
    }
  }

  /// Whatever the gradient of the loss is taken by: states, or any of the parameters.
  @Test(arguments: samples) func gradientsAreThoseOfDifferences(_ sample: Sample) {
    let all = sample.parameters.parameters
    let inputs = [states] + all.map(\.value)
    func pass(_ inputs: [Tensor]) -> ForwardPass {
      let pass = ForwardPass.evaluation()
      for (parameter, value) in zip(all, inputs.dropFirst()) {
        pass.substitute(value, for: parameter)
      }
      return pass
    }
    let loss = gradientMismatch(at: inputs) {
      sample.softmax(pass($0)).crossEntropy(of: $0[0], targets: [1, 5, 10, -1, 7]).loss
    }
    #expect(loss == nil, "\(loss ?? "")")
    let logs = gradientMismatch(at: inputs) { sample.softmax(pass($0)).logits(of: $0[0]) }
    #expect(logs == nil, "\(logs ?? "")")
    let vectors = gradientMismatch(at: inputs) {
      sample.embedding([9, 0, 5, 9, 3], scale: 1.5, pass($0))
    }
    #expect(vectors == nil, "\(vectors ?? "")")
  }

  @Test func whatDoesNotCountLeavesNoTrace() {
    let softmax = Self.samples[0].softmax
    func result(_ targets: [Int32]) -> (sums: CrossEntropy, gradient: [Float]?) {
      let tape = Tape()
      let pass = ForwardPass(isTraining: false, tape: tape, random: RandomSource(seed: 1))
      let watched = tape.watch(states)
      let sums = softmax(pass).crossEntropy(of: watched, targets: targets)
      Self.samples[0].parameters.prepareGradients()
      tape.goBack(from: sums.loss)
      return (sums, tape.gradient(of: watched)?.scalars)
    }
    let some = result([1, -1, 10, -1, 4])
    #expect(some.gradient?[6..<12].allSatisfy { $0 == 0 } == true)
    #expect(some.gradient?[0..<6].contains { $0 != 0 } == true)
    let logs = softmax(.evaluation()).logits(of: states)
      .elements(at: [1, 0, 10, 0, 4]).scalars
    #expect(abs(some.sums.lossSum + Double(logs[0] + logs[2] + logs[4])) < 1e-4)
    let none = result([-1, -1, -1, -1, -1])
    #expect(none.sums.lossSum == 0 && none.gradient?.allSatisfy { $0 == 0 } != false)
  }

  /// A band without targets is not computed: its parameters have no gradient at all.
  @Test func bandsWithoutTargetsAreLeftOut() throws {
    let sample = Self.samples[0]
    let tape = Tape()
    let pass = ForwardPass(isTraining: false, tape: tape, random: RandomSource(seed: 1))
    sample.parameters.prepareGradients()
    let sums = sample.softmax(pass).crossEntropy(of: states, targets: [1, 5, 0, 6, 2])
    tape.goBack(from: sums.loss)
    func isTouched(_ parameter: Parameter) -> Bool {
      parameter.gradient.scalars.contains { $0 != 0 }
    }
    #expect(isTouched(sample.softmax.head[0]))
    #expect(isTouched(sample.softmax.tails[0].map) && isTouched(sample.softmax.tails[0].table))
    #expect(!isTouched(sample.softmax.tails[1].map) && !isTouched(sample.softmax.tails[1].table))
  }

  /// Predicted exactly is a symbol whose band is the most probable, and which is so in its band.
  @Test func exactPredictionsTakeTwoSteps() {
    let output = Self.samples[0].softmax(.evaluation())
    let logs = output.logits(of: states)
    let bands: [Range<Int>] = [4..<7, 7..<11]
    for target in 0..<11 {
      let targets = [Int32](repeating: Int32(target), count: 5)
      let expected = (0..<5).count { row in
        let scores = logs.sliced(row..<(row + 1)).scalars
        let shares = bands.map { $0.reduce(0) { $0 + exp(scores[$1]) } }
        let choices = scores[..<4].map { exp($0) } + shares
        let best = choices.indices.max { choices[$0] < choices[$1] } ?? 0
        if best < 4 { return best == target }
        return bands[best - 4].max { scores[$0] < scores[$1] } == target
      }
      #expect(output.crossEntropy(of: states, targets: targets).correct == expected, "\(target)")
    }
  }

  @Test func dropoutIsRepeatable() {
    let sample = Sample("dropout", shares: false, maps: false, dropout: 0.5)
    func loss(_ seed: UInt64, trains: Bool = true) -> Double {
      let pass = ForwardPass(isTraining: trains, tape: nil, random: RandomSource(seed: seed))
      return sample.softmax(pass).crossEntropy(of: states, targets: targets).lossSum
    }
    #expect(loss(3) == loss(3) && loss(3) != loss(4))
    #expect(loss(3, trains: false) == loss(4, trains: false))
  }

  @Test(arguments: samples) func searchHasTheSameProbabilities(_ sample: Sample) {
    let buffer = RowBuffer(columns: Self.channels, capacity: 5)
    buffer.copy(states)
    let expected = sample.softmax(.evaluation()).logits(of: states)
    let symbols: [Int32] = [9, 0, 5, 9, 3]
    let vectors = sample.embedding(symbols, scale: 2, .evaluation())
    for (precision, tolerance) in [(InferencePrecision.float32, 1e-5), (.int8, 0.05)] {
      let weights = InferenceWeights(sample.parameters, precision: precision)
      let softmax = InferenceAdaptiveSoftmax(sample.softmax, weights)
      #expect(softmax.symbolCount == 11 && softmax.byteCount > 0)
      let result = RowBuffer(columns: 11, capacity: 5)
      softmax(buffer, rows: 5, into: result)
      #expect(mismatch(result.tensor(rows: 5), expected, absolute: tolerance) == nil)
      let part = RowBuffer(columns: 11, capacity: 2)
      softmax(buffer, from: 3, rows: 2, into: part)
      let last = mismatch(part.tensor(rows: 2), expected.sliced(3..<5), absolute: tolerance)
      #expect(last == nil)
      let states = RowBuffer(columns: Self.channels, capacity: 5)
      InferenceAdaptiveEmbedding(sample.embedding, weights)
        .look(up: symbols, scale: 2, into: states)
      #expect(mismatch(states.tensor(rows: 5), vectors, absolute: 2 * tolerance) == nil)
    }
  }

  /// Names in files are fairseq's, and what is shared has both.
  @Test func namesAreFairseqs() {
    let own = Self.samples[0].parameters.entries.map(\.name).filter { $0.hasPrefix("softmax") }
    #expect(
      own == [
        "softmax.head.weight", "softmax.tail.0.0.weight", "softmax.tail.0.2.weight",
        "softmax.tail.1.0.weight", "softmax.tail.1.2.weight",
      ])
    let shared = Self.samples[2].parameters
    #expect(shared.entries.map(\.name).contains("softmax.head.class_proj.weight"))
    #expect(
      shared.aliases == [
        "softmax.head.word_proj.weight": "embed.embeddings.0.0.weight",
        "softmax.tail.0.0.weight": "embed.embeddings.1.1.weight",
        "softmax.tail.0.2.weight": "embed.embeddings.1.0.weight",
        "softmax.tail.1.0.weight": "embed.embeddings.2.1.weight",
        "softmax.tail.1.2.weight": "embed.embeddings.2.0.weight",
      ])
  }
}

import Fairline
import FairlineModels
import FairlineTensor
import FairlineTesting
import Foundation
import Testing

@Suite struct TransformerPropertyTests {
  static let task = TaskDescription(
    sourceSymbols: 23, targetSymbols: 23, sharesVocabulary: true, maximumSourcePositions: 30,
    maximumTargetPositions: 30)

  static var variants: [TransformerSettings] {
    var base = TransformerSettings.tiny
    base.encoderEmbedDim = 12
    base.encoderFfnEmbedDim = 20
    base.dropout = 0
    return [
      base,
      changed(base) {
        $0.encoderNormalizeBefore = true
        $0.decoderNormalizeBefore = true
        $0.shareAllEmbeddings = true
        $0.activationFn = .gelu
      },
      changed(base) {
        $0.encoderLearnedPos = true
        $0.decoderLearnedPos = true
        $0.layernormEmbedding = true
        $0.shareDecoderInputOutputEmbed = true
        $0.encoderLayers = 1
        $0.decoderLayers = 3
      },
      changed(base) {
        $0.decoderEmbedDim = 16
        $0.decoderFfnEmbedDim = 8
        $0.decoderInputDim = 10
        $0.decoderOutputDim = 6
        $0.noTokenPositionalEmbeddings = true
        $0.noScaleEmbedding = true
      },
      changed(base) {
        $0.decoderSelfLayer = .ssru
        $0.shareAllEmbeddings = true
      },
      changed(base) {
        $0.decoderSelfLayer = .ssru
        $0.decoderNormalizeBefore = true
        $0.decoderEmbedDim = 16
        $0.layerNormEps = 1e-6
      },
    ]
  }

  private static func changed(
    _ c: TransformerSettings, _ change: (inout TransformerSettings) -> Void
  ) -> TransformerSettings {
    var c = c
    change(&c)
    return c
  }

  static let sources: [[Int32]] = [[5, 9, 11, 4, 2], [7, 2], [12, 13, 14, 15, 16, 17, 18, 2]]
  static let targets: [[Int32]] = [[6, 8, 2], [4, 5, 6, 7, 8, 9, 2], [10, 2]]

  private func batch(_ rows: [Int]) -> Batch {
    Batch.pairs(
      ids: rows, sources: rows.map { Self.sources[$0] }, targets: rows.map { Self.targets[$0] })
  }

  @Test(arguments: variants) func aBatchIsAStackOfSingles(_ c: TransformerSettings) throws {
    let model = try Transformer(c, for: Self.task)
    let together = model(batch([0, 1, 2]), .evaluation()).logits
    let alone = (0..<3).map { model(batch([$0]), .evaluation()).logits }
    #expect(
      mismatch(together, Tensor.concatenated(alone), absolute: 1e-5) == nil)
  }

  @Test(arguments: variants) func laterSymbolsDoNotChangeEarlier(
    _ c: TransformerSettings
  ) throws {
    let model = try Transformer(c, for: Self.task)
    func logits(_ input: [Int32]) -> Tensor {
      let packed = PackedTokens([input])
      let batch = Batch(
        ids: [0], source: PackedTokens([Self.sources[0]]), decoderInput: packed,
        target: [Int32](repeating: 4, count: input.count))
      return model(batch, .evaluation()).logits
    }
    let (a, b) = (logits([2, 6, 8, 9]), logits([2, 6, 8, 20]))
    #expect(mismatch(a.sliced(0..<3), b.sliced(0..<3), absolute: 0) == nil)
    #expect(mismatch(a.sliced(3..<4), b.sliced(3..<4), absolute: 1e-6) != nil)
  }

  @Test(arguments: variants) func stepsEqualTheWhole(_ c: TransformerSettings) throws {
    let model = try Transformer(c, for: Self.task)
    let sources = PackedTokens(Self.sources)
    let cached = model.makeDecoder(for: sources)
    let whole = PrefixDecoder(model: model, sources: sources)
    cached.keepsAttention = true
    whole.keepsAttention = true
    // Rows change places, multiply and leave, as in a beam search.
    let steps: [(symbols: [Int32], parents: [Int32], sentences: [Int32])] = [
      ([2, 2, 2], [0, 1, 2], [0, 1, 2]),
      ([5, 6, 7, 8, 9], [0, 0, 1, 2, 2], [0, 0, 1, 2, 2]),
      ([9, 8, 7, 6], [1, 1, 4, 3], [0, 0, 2, 2]),
      ([4, 5], [2, 2], [2, 2]),
    ]
    for (symbols, parents, sentences) in steps {
      let a = cached.step(symbols: symbols, parents: parents, sentences: sentences)
      let b = whole.step(symbols: symbols, parents: parents, sentences: sentences)
      #expect(mismatch(a, b, absolute: 1e-5) == nil)
      let weights = zip(try #require(cached.attention), try #require(whole.attention))
      #expect(cached.attention?.count == symbols.count)
      for (x, y) in weights { #expect(mismatch(x, y, absolute: 1e-5) == nil) }
    }
  }

  /// The maps of a recurrence are rounded as others are.
  @Test func aRecurrentDecoderSearchesInIntegers() throws {
    let c = try #require(Self.variants.first { $0.decoderSelfLayer == .ssru })
    let model = try Transformer(c, for: Self.task)
    let sources = PackedTokens(Self.sources)
    var preparation = SearchPreparation()
    preparation.precision = .int8
    let decoders = [model.prepareSearch(SearchPreparation()), model.prepareSearch(preparation)]
      .map { $0.makeDecoder(for: sources) }
    for (symbols, parents) in [
      ([2, 2, 2], [0, 1, 2]), ([5, 6, 7], [2, 1, 0]), ([9, 8, 4], [0, 0, 1]),
    ]
      as [([Int32], [Int32])]
    {
      let steps = decoders.map {
        $0.step(symbols: symbols, parents: parents, sentences: [0, 1, 2])
      }
      #expect(mismatch(steps[0], steps[1], absolute: 0.1) == nil)
      #expect(mismatch(steps[0], steps[1], absolute: 0) != nil)
    }
  }

  /// Logits that are computed a few rows at a time are those of all rows at once.
  @Test func predictionsInPartsAreTheStep() throws {
    var c = TransformerSettings.tiny
    (c.dropout, c.encoderEmbedDim, c.encoderFfnEmbedDim) = (0, 12, 20)
    let task = TaskDescription(
      sourceSymbols: 23, targetSymbols: 20_011, sharesVocabulary: false,
      maximumSourcePositions: 30, maximumTargetPositions: 30)
    let model = try Transformer(c, for: task)
    let sources = PackedTokens(Self.sources)
    let decoders = (0..<2).map { _ in model.makeDecoder(for: sources) }
    let symbols = (0..<31).map { Int32(4 + $0 * 7) }
    let parents = symbols.map { _ in Int32(-1) }
    let sentences = symbols.indices.map { Int32($0 * 3 / 31) }
    let whole = decoders[0].step(symbols: symbols, parents: parents, sentences: sentences)
    let parts = decoders[1].predict(symbols: symbols, parents: parents, sentences: sentences)
    #expect(parts.rows == 31 && parts.columns == 20_011)
    let seen = Seen()
    parts.visit { part in
      #expect(part.sharpen == nil)
      seen.add(part.range, mismatch(part.logits, whole.sliced(part.range), absolute: 0))
    }
    #expect(seen.rows.sorted() == Array(0..<31))
    #expect(seen.ranges > 1)
    #expect(seen.differences.isEmpty)
  }

  /// What several threads saw.
  private final class Seen: @unchecked Sendable {
    private let lock = NSLock()
    private(set) var rows: [Int] = []
    private(set) var ranges = 0
    private(set) var differences: [String] = []

    func add(_ range: Range<Int>, _ difference: String?) {
      lock.withLock {
        rows += range
        ranges += 1
        if let difference { differences.append(difference) }
      }
    }
  }

  @Test(arguments: variants) func gradientsReachEveryParameter(
    _ c: TransformerSettings
  ) throws {
    var c = c
    c.dropout = 0.1
    c.attentionDropout = 0.1
    c.activationDropout = 0.1
    let model = try Transformer(c, for: Self.task)
    let pass = ForwardPass.training(RandomSource(seed: 1))
    model.parameters.prepareGradients()
    let batch = batch([0, 1, 2])
    let sums = model(batch, pass).crossEntropy(targets: batch.target, smoothing: 0.1)
    pass.tape?.goBack(from: sums.loss)
    for entry in model.parameters.entries where !entry.name.hasSuffix("k_proj.bias") {
      let gradient = model.parameters.view(of: entry, in: model.parameters.gradients)
      #expect(gradient.squaredNorm > 0, "\(entry.name)")
      #expect(gradient.isFinite)
    }
  }

  @Test func parameterCountsOfKnownModels() throws {
    var iwslt = TransformerSettings.iwslt
    let pair = TaskDescription(sourceSymbols: 8848, targetSymbols: 6632, sharesVocabulary: false)
    #expect(try Transformer(iwslt, for: pair).parameters.count == 42_864_640)
    iwslt.shareDecoderInputOutputEmbed = true
    #expect(try Transformer(iwslt, for: pair).parameters.count == 39_469_056)
    var base = TransformerSettings()
    base.shareAllEmbeddings = true
    let joined = TaskDescription(
      sourceSymbols: 32768, targetSymbols: 32768, sharesVocabulary: true)
    #expect(try Transformer(base, for: joined).parameters.count == 60_915_712)
  }

  /// The loss moves along each parameter's gradient as its finite differences say.
  @Test func gradientsOfARecurrentDecoderAreItsDifferences() throws {
    var c = TransformerSettings.tiny
    (c.dropout, c.encoderEmbedDim, c.encoderFfnEmbedDim) = (0, 8, 12)
    (c.decoderSelfLayer, c.encoderLayers) = (.ssru, 1)
    let model = try Transformer(c, for: Self.task)
    let batch = batch([0, 1, 2])
    func loss() -> Double {
      Double(model(batch, .evaluation()).crossEntropy(targets: batch.target, smoothing: 0).lossSum)
    }
    let pass = ForwardPass.training(RandomSource(seed: 1))
    model.parameters.prepareGradients()
    let sums = model(batch, pass).crossEntropy(targets: batch.target, smoothing: 0)
    pass.tape?.goBack(from: sums.loss)
    var checked = 0
    for entry in model.parameters.entries where entry.name.contains("self_ssru") {
      let view = model.parameters.view(of: entry, in: model.parameters.values)
      let gradient = model.parameters.view(of: entry, in: model.parameters.gradients)
      let length = gradient.squaredNorm.squareRoot()
      let before = view.scalars
      let direction = gradient.scalars.map { $0 / Float(length) }
      func moved(_ step: Float) -> Double {
        view.withScalars {
          let memory = UnsafeMutableBufferPointer(mutating: $0)
          for index in memory.indices { memory[index] = before[index] + step * direction[index] }
        }
        return loss()
      }
      let slope = (moved(5e-3) - moved(-5e-3)) / 1e-2
      _ = moved(0)
      #expect(abs(slope - Double(length)) < 2e-2 * Double(length), "\(entry.name) \(slope)")
      checked += 1
    }
    #expect(checked == 10)
  }

  @Test func contradictionsAreNamed() {
    var c = TransformerSettings.tiny
    c.shareAllEmbeddings = true
    let pair = TaskDescription(sourceSymbols: 10, targetSymbols: 12, sharesVocabulary: false)
    #expect(throws: UserError.self) { try Transformer(c, for: pair) }
    c = .tiny
    c.encoderAttentionHeads = 5
    #expect(throws: UserError.self) { try Transformer(c, for: Self.task) }
    c = .tiny
    (c.crossSelfAttention, c.decoderSelfLayer) = (true, .ssru)
    #expect(throws: UserError.self) { try Transformer(c, for: Self.task) }
    c = .tiny
    c.dropout = 1.5
    #expect(throws: UserError.self) { try Transformer(c, for: Self.task) }
  }
}

import Fairline
import FairlineModels
import FairlineTensor

private func makeModel(_ settings: BenchmarkSettings) throws -> Transformer {
  var c = TransformerSettings()
  c.encoderLayers = settings.layers
  c.decoderLayers = settings.layers
  c.encoderEmbedDim = settings.channels
  c.encoderFfnEmbedDim = 4 * settings.channels
  c.encoderAttentionHeads = settings.heads
  c.decoderAttentionHeads = settings.heads
  c.shareAllEmbeddings = true
  c.dropout = 0.3
  let task = TaskDescription(sourceSymbols: 7792, targetSymbols: 7792, sharesVocabulary: true)
  return try Transformer(c, for: task)
}

/// Sentences of the lengths of image captions, about 3460 target symbols.
private func sentences(_ count: Int, _ seed: Int) -> [[Int32]] {
  (0..<count).map { row in
    let length = 9 + (row * 7 + seed) % 12
    return (0..<length).map { Int32(4 + (row * 31 + $0 * 17 + seed) % 7000) } + [2]
  }
}

/// One training update: forward, backward, norm, Adam.
func measureUpdate(_ settings: BenchmarkSettings) throws {
  let model = try makeModel(settings)
  let batch = Batch.pairs(
    ids: Array(0..<224), sources: sentences(224, 3), targets: sentences(224, 5))
  let update = try RepeatedUpdate(model, Adam.Settings(), batch)
  let time = settings.median { update.run() }
  print(
    "update \(settings.layers)+\(settings.layers) layers, \(settings.channels) channels, "
      + "\(batch.tokenCount) target tokens: \(short(time * 1e3)) ms, "
      + "\(short(Double(batch.tokenCount) / time)) tokens/s")
}

/// Twenty steps of a decoder with 64 sentences of five rows.
func measureGeneration(_ settings: BenchmarkSettings) throws {
  let model = try makeModel(settings)
  let sources = PackedTokens(sentences(64, 1))
  let rows = 320
  let time = settings.median {
    let decoder = model.makeDecoder(for: sources)
    let owners = (0..<rows).map { Int32($0 / 5) }
    for _ in 0..<20 {
      _ = decoder.step(
        symbols: [Int32](repeating: 5, count: rows), parents: (0..<rows).map { Int32($0) },
        sentences: owners)
    }
  }
  print("generate 64 sentences, 5 rows each, 20 steps: \(short(time * 1e3)) ms")
}

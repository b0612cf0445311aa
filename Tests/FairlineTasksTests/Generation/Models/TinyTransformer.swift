import Fairline
import FairlineData
import FairlineModels
import FairlinePrograms
import FairlineTensor

/// A small Transformer with random parameters, and sentences for it.
enum TinyTransformer {
  static let symbols = 23

  /// Draws a model; logits are spread so that distributions are far from even.
  static func make(seed: UInt64 = 3) throws -> any Model {
    let task = TaskDescription(
      sourceSymbols: symbols, targetSymbols: symbols, sharesVocabulary: true,
      maximumSourcePositions: 64, maximumTargetPositions: 64)
    let settings = TransformerSettings.tiny
    return try Transformer(settings, for: task, seed: seed)
  }

  /// Sentences of several lengths.
  static let pairs: SentencePairs = {
    var random = MersenneTwister(seed: 11)
    let sources = (0..<9).map { number in
      (0..<(1 + number % 5)).map { _ in Int32(4 + random.next(upTo: symbols - 4)) } + [2]
    }
    return SentencePairs(
      ids: Array(sources.indices), sources: sources,
      targets: sources.map { $0.reversed()[1...] + [2] })
  }()

  /// The logarithms of the next symbol's probabilities after a prefix.
  static func scores(_ model: any Model, _ source: [Int32], _ prefix: [Int32]) -> [Float] {
    let batch = Batch.pairs(ids: [0], sources: [source], targets: [prefix + [Vocabulary.eos]])
    let logits = model(batch, ForwardPass.evaluation()).logits  // [target, vocabulary]
    return logits.sliced(prefix.count..<(prefix.count + 1)).logSoftmax().scalars
  }
}

public import Fairline
public import FairlineData
import FairlineTensor
import Foundation

/// Scores the text of a data subset with language models, block by block.
public struct TextEvaluation {
  /// How a text is cut up and computed.
  public struct Settings: Sendable {
    /// Symbols of each block that are read as context and not scored.
    public var contextWindow = 0
    /// Rows whose logits exist at the same time.
    public var softmaxBatch = 1024
    /// The batches; blocks with context are taken in the order of the text.
    public var limits = BatchLimits(maxTokens: 36_000, requiredMultiple: 1)
    /// Which part of the batches is evaluated, from 0.
    public var shard = 0
    /// The number of parts.
    public var shardCount = 1

    /// fairseq's defaults.
    public init() {}
  }

  private let models: [any Model]
  private let task: LanguageModelingTask
  private let settings: Settings

  /// Prepares an evaluation.
  ///
  /// - Parameter models: several are an ensemble: their probabilities are averaged.
  public init(models: [any Model], task: LanguageModelingTask, _ settings: Settings = Settings()) {
    precondition(!models.isEmpty, "an evaluation needs a model")
    self.models = models
    self.task = task
    self.settings = settings
  }

  /// What an evaluation read besides the blocks.
  public struct Summary: Sendable, Equatable {
    /// Symbols that were read, context left out.
    public var tokens = 0
    /// Seconds of computing.
    public var seconds = 0.0
    /// The warning about blocks left out; nil when there were none.
    public var warning: String?
  }

  /// Scores a subset.
  ///
  /// - Parameter deliver: receives each block as soon as it is scored.
  /// - Throws: `UserError` when the context leaves no room for a block, or the subset cannot be
  ///   read.
  public func run(_ subset: String, deliver: (ScoredBlock) throws -> Void) throws -> Summary {
    let size = task.configuration.tokensPerSample
    guard settings.contextWindow < size else {
      throw UserError(
        "--context-window \(settings.contextWindow) leaves no room in --tokens-per-sample "
          + "\(size): give a smaller context")
    }
    let dataset = try task.dataset(subset, size: size - settings.contextWindow)
    let selection = try batches(dataset)
    var summary = Summary()
    summary.warning = selection.warning
    var window = ContextWindow(size: settings.contextWindow, longest: size)
    let part = stride(
      from: settings.shard, to: selection.batches.count, by: settings.shardCount)
    for batch in part.map({ selection.batches[$0] }) {
      let samples = batch.map { dataset[$0] }
      summary.tokens += samples.reduce(0) { $0 + $1.source.count }
      let begun = Seconds.now()
      let read: [(source: [Int32], context: Int)] = samples.map { sample in
        settings.contextWindow > 0 ? window.extend(sample.source) : (sample.source, 0)
      }
      let scores = score(samples, read)
      summary.seconds += Seconds.now() - begun
      for (place, sample) in samples.enumerated() {
        let context = read[place].context
        try deliver(block(sample, Array(scores[place].dropFirst(context)), context))
      }
    }
    return summary
  }

  private func batches(_ dataset: MonolingualDataset) throws -> LanguagePairDataset.Batches {
    let longest = task.lengthLimits.target
    guard settings.contextWindow > 0 else {
      return try dataset.batches(settings.limits, longest: longest, policy: .drop, seed: 1)
    }
    return try dataset.batchesInOrder(settings.limits, longest: longest)
  }

  /// The scores of what each sample predicts, context included.
  private func score(
    _ samples: [MonolingualDataset.Sample], _ read: [(source: [Int32], context: Int)]
  ) -> [[Float]] {
    let input = PackedTokens(read.map(\.source))
    let targets = zip(samples, read).flatMap { sample, read in
      [Int32](repeating: Vocabulary.unk, count: read.context) + sample.targets[0]
    }
    let batch = Batch(
      ids: samples.map(\.id), source: PackedTokens([]), decoderInput: input, target: targets)
    let each = models.map { model in
      model(batch, .evaluation()).logProbabilities(
        of: targets, rowsAtOnce: settings.softmaxBatch)
    }
    let scores = each.count == 1 ? each[0] : Self.mean(each)
    return (0..<input.segments.count).map { Array(scores[input.segments[$0]]) }
  }

  /// The logarithm of the mean of several models' probabilities, symbol by symbol.
  private static func mean(_ each: [[Float]]) -> [Float] {
    each[0].indices.map { place in
      let logs = each.map { Double($0[place]) }
      let most = logs.max() ?? 0
      guard most.isFinite else { return Float(most) }
      return Float(most + log(logs.reduce(0) { $0 + exp($1 - most) } / Double(logs.count)))
    }
  }

  private func block(
    _ sample: MonolingualDataset.Sample, _ scores: [Float], _ context: Int
  ) -> ScoredBlock {
    let begin = task.configuration.addBosToken ? 1 : 0
    return ScoredBlock(
      id: sample.id, symbols: Array(sample.targets[0].dropFirst(begin)),
      scores: Array(scores.dropFirst(begin)), context: context)
  }
}

public import Fairline
public import FairlineData
public import FairlineGeneration
import Foundation

/// Language modelling: every symbol of a text is predicted from those before it.
public final class LanguageModelingTask: GenerationTask {
  /// The dictionary.
  public let vocabulary: LanguageVocabulary
  /// The settings.
  public let configuration: LanguageModelingSettings
  private let context: TaskContext
  private let folder: DataDirectory?
  private var longest: Int
  private var trainingSets: [Int: BlockBatches] = [:]
  private var validationData: [String: BlockBatches] = [:]

  /// Opens the data, or takes the dictionary of a checkpoint when there is no data folder.
  public init(_ configuration: LanguageModelingSettings, _ context: TaskContext) throws {
    self.configuration = configuration
    self.context = context
    if context.data.isEmpty {
      guard !context.assets.isEmpty else { throw TaskContext.lacksData }
      folder = nil
      vocabulary = try LanguageVocabulary(assets: context.assets)
    } else {
      let folder = try DataDirectory(context.data)
      self.folder = folder
      vocabulary = try LanguageVocabulary(folder: folder, verifies: context.dataset.verify)
    }
    longest = configuration.maximumPositions
    try configuration.check(symbols: vocabulary.symbols.count)
  }

  /// What a model for this task needs to know.
  public var description: TaskDescription {
    TaskDescription(
      symbols: vocabulary.symbols.count, predictedSymbols: outputSymbols,
      maximumPositions: configuration.maximumPositions)
  }

  /// What identifies the dictionary.
  public var identity: [String: String] { vocabulary.identity }

  /// What a checkpoint carries: the dictionary and the model of its pieces.
  public var assets: [String: [UInt8]] { vocabulary.assets }

  /// What a decoder reads first.
  public var start: Int32 { configuration.addBosToken ? Vocabulary.bos : Vocabulary.eos }

  /// Tells what the model takes.
  public func restrict(toMaximumPositions positions: (source: Int, target: Int)) {
    longest = min(longest, positions.target)
  }

  /// The batches of an epoch in training order.
  public func trainingEpoch(_ epoch: Int) throws -> any BatchSource {
    let sorted = try trainingBatches(epoch)
    return BlockBatches(
      dataset: sorted.dataset.inEpoch(epoch),
      batches: context.order.batches(sorted.batches, epoch: epoch))
  }

  /// The names of the validation sets.
  public var validationSets: [String] { context.dataset.validationSets }

  /// The batches of a validation set.
  public func validation(_ name: String) throws -> any BatchSource {
    if let known = validationData[name] { return known }
    let settings = context.dataset
    try settings.checkUnusedSets { loader().contains($0, in: try dataFolder().first) }
    let batches = try select(
      try dataset(name, combine: settings.combineVal), settings.validationLimits,
      longest: longest, policy: settings.validationPolicy, seed: nil)
    validationData[name] = batches
    return batches
  }

  /// The blocks of a data subset.
  ///
  /// - Parameters:
  ///   - size: the most symbols of a block; the task's when nil.
  ///   - combine: joins `valid`, `valid1`, ... as far as they exist.
  public func dataset(
    _ subset: String, size: Int? = nil, combine: Bool = false
  ) throws -> MonolingualDataset {
    try dataset(subset, in: try dataFolder().first, size: size, combine: combine)
  }

  /// How lines become prompts, and outputs become text.
  public var text: TaskText {
    let start = start
    return TaskText(
      source: vocabulary.symbols, target: vocabulary.symbols, sourceTokenizer: vocabulary.pieces,
      targetTokenizer: vocabulary.pieces
    ) { symbols, id in
      let prompt = symbols.last == Vocabulary.eos ? Array(symbols.dropLast()) : symbols
      return GenerationInput(id: id, prefix: prompt, start: start)
    }
  }

  /// The blocks of a data subset as prompts.
  public func generationInputs(_ subset: String) throws -> any GenerationInputs {
    Prompts(dataset: try dataset(subset), start: start)
  }

  /// The longest texts that this task takes.
  public var lengthLimits: LengthLimits { LengthLimits(source: longest, target: longest) }

  private var outputSymbols: Int? {
    configuration.outputDictionarySize < 0 ? nil : configuration.outputDictionarySize
  }

  private func trainingBatches(_ epoch: Int) throws -> BlockBatches {
    let folder = try dataFolder()
    let shard = (epoch - 1) % folder.shards.count
    if let known = trainingSets[shard] { return known }
    let settings = context.dataset
    let limits = try settings.trainingLimits()
    let dataset = try dataset(
      settings.trainSubset, in: folder.shards[shard], size: nil, combine: true)
    let batches = try select(
      dataset, limits,
      longest: min(longest, settings.maxTokens ?? longest), policy: .drop, seed: context.seed)
    trainingSets = [shard: batches]
    return batches
  }

  private func select(
    _ dataset: MonolingualDataset, _ limits: BatchLimits, longest: Int,
    policy: LengthLimits.Policy, seed: Int?
  ) throws -> BlockBatches {
    let result = try dataset.batches(limits, longest: longest, policy: policy, seed: seed)
    if let warning = result.warning { context.note(warning) }
    return BlockBatches(dataset: dataset, batches: result.batches)
  }

  private func dataset(
    _ subset: String, in folder: String, size: Int?, combine: Bool
  ) throws -> MonolingualDataset {
    let size = size ?? configuration.tokensPerSample
    let stored = try loader().load(subset, in: folder, combine: combine)
    let splits = configuration.shortenDataSplitList.split(separator: ",").map(String.init)
    let shortens = splits.isEmpty || splits.contains(subset)
    let sentences = ShortenedSequences(
      stored, shortens ? configuration.shortenMethod : .unchanged, to: size, seed: context.seed)
    var dataset = MonolingualDataset(
      TokenBlocks(sentences, mode: configuration.sampleBreakMode, size: size))
    dataset.targets = configuration.targets
    dataset.outputSymbols = outputSymbols
    dataset.addsBegin = configuration.addBosToken
    dataset.addsEnd = configuration.sampleBreakMode != .anywhere
    return dataset
  }

  private func dataFolder() throws -> DataDirectory {
    guard let folder else { throw TaskContext.lacksData }
    return folder
  }

  private func loader() -> MonolingualLoader {
    var loader = MonolingualLoader(vocabulary: vocabulary.symbols)
    loader.verifies = context.dataset.verify
    return loader
  }
}

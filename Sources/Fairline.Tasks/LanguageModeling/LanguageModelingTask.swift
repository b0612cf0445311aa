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
      guard !context.assets.isEmpty else { throw Self.lacksData }
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
    var order = EpochOrder()
    (order.seed, order.curriculum) = (context.seed, context.dataset.curriculum)
    (order.shard, order.shardCount) = (context.dataset.shardId, context.dataset.numShards)
    return BlockBatches(
      dataset: sorted.dataset.inEpoch(epoch), batches: order.batches(sorted.batches, epoch: epoch))
  }

  /// The names of the validation sets.
  public var validationSets: [String] {
    context.dataset.validSubset.split(separator: ",").map {
      $0.trimmingCharacters(in: .whitespaces)
    }.filter { !$0.isEmpty }
  }

  /// The batches of a validation set.
  public func validation(_ name: String) throws -> any BatchSource {
    if let known = validationData[name] { return known }
    try checkUnusedSets()
    let settings = context.dataset
    let dataset = try dataset(name, combine: settings.combineVal)
    let batches = try select(
      dataset,
      BatchLimits(
        maxTokens: settings.maxTokensValid ?? settings.maxTokens,
        maxSentences: settings.batchSizeValid ?? settings.batchSize,
        requiredMultiple: settings.requiredBatchSizeMultiple),
      longest: longest, policy: settings.skipInvalidSizeInputsValidTest ? .drop : .refuse,
      seed: nil)
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
    guard settings.maxTokens != nil || settings.batchSize != nil else {
      throw UserError("training needs --max-tokens or --batch-size: give one of them")
    }
    let dataset = try dataset(
      settings.trainSubset, in: folder.shards[shard], size: nil, combine: true)
    let batches = try select(
      dataset,
      BatchLimits(
        maxTokens: settings.maxTokens, maxSentences: settings.batchSize,
        requiredMultiple: settings.requiredBatchSizeMultiple),
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

  /// Refuses validation files that nobody reads, as fairseq does.
  private func checkUnusedSets() throws {
    let settings = context.dataset
    if settings.combineVal || settings.ignoreUnusedValidSubsets { return }
    if !validationSets.contains("valid1"),
      loader().contains("valid1", in: try dataFolder().first)
    {
      throw UserError(
        "there is a validation set 'valid1' that is not used: name it in "
          + "--valid-subset, or give --combine-val or --ignore-unused-valid-subsets")
    }
  }

  private func dataFolder() throws -> DataDirectory {
    guard let folder else { throw Self.lacksData }
    return folder
  }

  private static var lacksData: OptionError {
    .invalid("the data folder is missing: name the folder that fairline-preprocess wrote")
  }

  private func loader() -> MonolingualLoader {
    var loader = MonolingualLoader(vocabulary: vocabulary.symbols)
    loader.verifies = context.dataset.verify
    return loader
  }
}

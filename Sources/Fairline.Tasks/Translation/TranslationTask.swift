package import Fairline
package import FairlineData
package import FairlineGeneration
import FairlineTensor
import Foundation
import Synchronization

/// Translation from one language into another, from preprocessed data.
package final class TranslationTask: GenerationTask {
  /// The dictionaries.
  package let vocabularies: TranslationVocabularies
  /// The languages.
  package let languages: DataDirectory.Languages
  /// The settings.
  package let configuration: TranslationSettings
  private let context: TaskContext
  private let folder: DataDirectory?
  private var limits: LengthLimits
  /// What divides training sentences anew in each epoch; nil when nothing does.
  private let sampling: SegmentationSampling?
  /// What stands around sentences; nil when the languages are not known.
  private let form: PairForm?
  /// Sentences about data folders, each told once.
  private let notes: OnceTold
  private var trainingSets: [Int: PairBatches] = [:]
  private var validationData: [String: PairBatches] = [:]

  /// Opens the data, or takes the dictionaries of a checkpoint when there is no data folder.
  package init(_ configuration: TranslationSettings, _ context: TaskContext) throws {
    self.configuration = configuration
    self.context = context
    notes = OnceTold(context.note)
    if context.data.isEmpty {
      guard !context.assets.isEmpty else { throw TaskContext.lacksData }
      folder = nil
      languages = DataDirectory.Languages(
        source: configuration.sourceLang ?? "src", target: configuration.targetLang ?? "tgt")
      vocabularies = try TranslationVocabularies(assets: context.assets)
    } else {
      let folder = try DataDirectory(context.data)
      self.folder = folder
      languages = try folder.languages(
        source: configuration.sourceLang, target: configuration.targetLang)
      vocabularies = try TranslationVocabularies(
        folder: folder, languages: languages, assets: context.assets,
        verifies: context.dataset.verify)
    }
    var named = configuration
    if folder != nil { (named.sourceLang, named.targetLang) = (languages.source, languages.target) }
    form = try named.form(source: vocabularies.source, target: vocabularies.target)
    // Symbols of languages take places of their own.
    limits = LengthLimits(
      source: configuration.maxSourcePositions - (form?.source.count ?? 0),
      target: configuration.maxTargetPositions - (form?.target.count ?? 0))
    sampling =
      folder == nil ? nil : try configuration.sampling(vocabularies, seed: context.seed, limits)
    guard ["space", "moses"].contains(configuration.evalBleuDetok) else {
      throw UserError(
        "--eval-bleu-detok \(configuration.evalBleuDetok) is not known: use 'moses', or 'space' "
          + "with --eval-bleu-remove-bpe sentencepiece for plain text")
    }
  }

  /// What a model for this task needs to know.
  package var description: TaskDescription {
    TaskDescription(
      sourceSymbols: vocabularies.source.count, targetSymbols: vocabularies.target.count,
      sharesVocabulary: vocabularies.source == vocabularies.target,
      maximumSourcePositions: configuration.maxSourcePositions,
      maximumTargetPositions: configuration.maxTargetPositions)
  }

  /// What identifies the dictionaries.
  package var identity: [String: String] { vocabularies.identity }

  /// What a checkpoint carries: dictionaries and the models of their pieces.
  package var assets: [String: [UInt8]] { vocabularies.assets }

  /// Tells what the model takes.
  package func restrict(toMaximumPositions positions: (source: Int, target: Int)) {
    limits = limits.limited(
      by: LengthLimits(source: positions.source, target: positions.target))
  }

  /// The batches of an epoch in training order.
  package func trainingEpoch(_ epoch: Int) throws -> any BatchSource {
    let sorted = try trainingBatches(epoch)
    return PairBatches(
      dataset: sorted.dataset, batches: context.order.batches(sorted.batches, epoch: epoch),
      form: trainingForm, sampling: sampling.map { ($0, epoch) })
  }

  /// The names of the validation sets.
  package var validationSets: [String] { context.dataset.validationSets }

  /// The batches of a validation set.
  package func validation(_ name: String) throws -> any BatchSource { try validationPairs(name) }

  /// BLEU of the model's translations, when it is asked for.
  package func measures(
    of model: any Model, on name: String
  ) throws -> [(name: String, value: Double)] {
    guard configuration.evalBleu else { return [] }
    let evaluation = try TranslationBLEU(configuration, vocabularies, languages.target)
    let pairs = try validationPairs(name)
    let samples = context.note
    return [("bleu", try evaluation.score(model, pairs, printing: samples))]
  }

  /// BLEU, when it is asked for, once the settings of its search are known to be possible.
  public func measureNames(of model: any Model, on name: String) throws -> [String] {
    guard configuration.evalBleu else { return [] }
    try TranslationBLEU(configuration, vocabularies, languages.target).check(model)
    return ["bleu"]
  }

  /// A data set for generation: sources, with targets where there are any.
  package func dataset(_ subset: String) throws -> LanguagePairDataset {
    var loader = loader()
    loader.needsTargets = false
    loader.loadsAlignments = false
    return try loader.load(subset, in: try dataFolder().first)
  }

  /// Both dictionaries, and the models that divide text into their symbols.
  package var text: TaskText {
    let most = configuration.truncateSource ? limits.source : .max
    var text = TaskText(
      source: vocabularies.source, target: vocabularies.target,
      sourceTokenizer: vocabularies.sourceTokenizer,
      targetTokenizer: vocabularies.targetTokenizer,
      input: { [form] symbols, id in
        let source = symbols.count > most ? symbols.prefix(most - 1) + [Vocabulary.eos] : symbols
        let input = GenerationInput(id: id, source: source)
        return form?.applied(to: input) ?? input
      })
    text.languages =
      folder == nil
      ? (configuration.sourceLang, configuration.targetLang) : (languages.source, languages.target)
    return text
  }

  /// The pairs of a data subset.
  package func generationInputs(_ subset: String) throws -> any GenerationInputs {
    let pairs = try dataset(subset)
    guard let form, !form.isPlain else { return pairs }
    return FormedInputs(inputs: pairs, form: form)
  }

  /// Refuses to translate between languages that nobody named.
  package func checkText() throws {
    guard form == nil else { return }
    throw UserError(
      "the model knows many languages: name two of them with --source-lang and --target-lang")
  }

  /// Whether `--load-alignments` was given.
  public var suppliesAlignments: Bool { configuration.loadAlignments }

  /// The longest sentences that this task takes.
  package var lengthLimits: LengthLimits { limits }

  private func trainingBatches(_ epoch: Int) throws -> PairBatches {
    let folder = try dataFolder()
    let shard = (epoch - 1) % folder.shards.count
    if let known = trainingSets[shard] { return known }
    var loader = loader()
    loader.upsamplePrimary = configuration.upsamplePrimary
    let dataset = try loader.load(
      context.dataset.trainSubset, in: folder.shards[shard], combine: true)
    if configuration.loadAlignments, dataset.alignments == nil {
      throw UserError(
        "--load-alignments: '\(folder.shards[shard])' has no alignments of "
          + "'\(context.dataset.trainSubset)': preprocess with --align-suffix")
    }
    let settings = context.dataset
    let pairs = try select(
      dataset, try settings.trainingLimits(), limits.limited(maxTokens: settings.maxTokens), .drop,
      seed: context.seed)
    trainingSets = [shard: pairs]
    return pairs
  }

  private func validationPairs(_ name: String) throws -> PairBatches {
    if let known = validationData[name] { return known }
    let (settings, folder) = (context.dataset, try dataFolder().first)
    try settings.checkUnusedSets { loader().contains($0, in: folder) }
    let dataset = try loader().load(name, in: folder, combine: settings.combineVal)
    let pairs = try select(
      dataset, settings.validationLimits, limits, settings.validationPolicy, seed: nil)
    validationData[name] = pairs
    return pairs
  }

  private func select(
    _ dataset: LanguagePairDataset, _ batches: BatchLimits, _ lengths: LengthLimits,
    _ policy: LengthLimits.Policy, seed: Int?
  ) throws -> PairBatches {
    let result = try dataset.batches(batches, lengths: lengths, policy: policy, seed: seed)
    if let warning = result.warning { context.note(warning) }
    return PairBatches(dataset: dataset, batches: result.batches, form: trainingForm)
  }

  /// What stands around the sentences of training and validation.
  private var trainingForm: PairForm { form ?? PairForm() }

  private func dataFolder() throws -> DataDirectory {
    guard let folder else { throw TaskContext.lacksData }
    return folder
  }

  private func loader() -> LanguagePairLoader {
    var loader = LanguagePairLoader(
      languages: languages, source: vocabularies.source, target: vocabularies.target)
    loader.loadsAlignments = configuration.loadAlignments
    loader.truncateSource = configuration.truncateSource ? limits.source : nil
    loader.verifies = context.dataset.verify
    loader.note = notes.tell
    return loader
  }
}

/// Tells each sentence once.
private final class OnceTold: Sendable {
  private let told = Mutex<Set<String>>([])
  private let note: @Sendable (String) -> Void

  init(_ note: @escaping @Sendable (String) -> Void) { self.note = note }

  @Sendable func tell(_ sentence: String) {
    if told.withLock({ $0.insert(sentence).inserted }) { note(sentence) }
  }
}

public import FairlineTensor

/// Something with parameters that predicts the targets of a batch.
public protocol Model: AnyObject, Sendable {
  /// All parameters.
  var parameters: ParameterSet { get }

  /// The longest source and target the model takes, ends included.
  var maximumPositions: (source: Int, target: Int) { get }

  /// Who is to be told of the model's training besides the usual observers, such as a
  /// ``StatisticsReport``.
  var observers: [any TrainingObserver] { get }

  /// The same parameters computed in other ways, each validated once when training ends.
  var variants: [ModelVariant] { get }

  /// What went wrong inside the model in all evaluation so far; nil while nothing did.
  ///
  /// A program that translates asks when it is done.
  var trouble: ModelTrouble? { get }

  /// Whether a batch may be computed in parts: no prediction depends on the other sentences, and no
  /// batch is refused or adds losses of the model's own.
  var computesSentencesApart: Bool { get }

  /// How names of tensors in files become names of the parameters: what other programs and
  /// earlier versions call them.
  var fileNames: NameMap { get }

  /// Predicts every target symbol of a batch from the source and the target symbols before it.
  func callAsFunction(_ batch: Batch, _ pass: ForwardPass) -> ModelOutput

  /// Whether the attention of targets with alignments comes with predictions, so that a criterion
  /// can guide it; see ``ModelOutput/alignment``.
  var alignsTargets: Bool { get }

  /// The attention to be shown for whole outputs, in evaluation; nil where it is that of the
  /// search.
  func alignment(of batch: Batch) -> AttentionWeights?

  /// Whether probabilities come in bands of symbols, which a criterion may compute apart; see
  /// `AdaptiveSoftmax`.
  var hasAdaptiveSoftmax: Bool { get }

  /// Whether a search in 8 bit integers or over shortlists is possible; see ``prepareSearch(_:)``.
  var searchesInIntegers: Bool { get }

  /// Whether a search reads linear maps and embeddings through `InferenceWeights` only, those of an
  /// encoder too, so that rounded ones may stay in a file's memory.
  var packsAllWeights: Bool { get }

  /// Prepares the parameters as they are now for search.
  ///
  /// The default computes each prefix anew with the model itself. A model with caches overrides it;
  /// when it knows other precisions and shortlists, it says so in ``searchesInIntegers``.
  func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory
}

/// How a model is prepared for search.
public struct SearchPreparation: Sendable {
  /// The numbers that weights are held in.
  public var precision = InferencePrecision.float32
  /// The target symbols that a source sentence may be translated with, ascending; nil for all.
  public var candidates: (@Sendable (ArraySlice<Int32>) -> [Int32])?

  /// Whether a search takes the best symbol at each step and needs no scores, so that decoders may
  /// predict ``LogitRows`` that are exact in their greatest logit only.
  public var needsBestOnly = false

  /// Floating point, all symbols, with scores.
  public init() {}
}

extension Model {
  /// Nobody.
  public var observers: [any TrainingObserver] { [] }

  /// None.
  public var variants: [ModelVariant] { [] }

  /// None.
  public var trouble: ModelTrouble? { nil }

  /// Names are the parameters' own.
  public var fileNames: NameMap { NameMap() }

  /// No.
  public var computesSentencesApart: Bool { false }

  /// No.
  public var alignsTargets: Bool { false }

  /// No.
  public var hasAdaptiveSoftmax: Bool { false }

  /// That of the search.
  public func alignment(of batch: Batch) -> AttentionWeights? { nil }

  /// No.
  public var searchesInIntegers: Bool { false }

  /// As it searches in integers.
  public var packsAllWeights: Bool { searchesInIntegers }

  /// Computes each prefix anew.
  public func prepareSearch(_ preparation: SearchPreparation) -> any DecoderFactory {
    PrefixDecoderFactory(model: self)
  }

  /// Prepares the parameters for search in floating point, with all symbols and scores.
  public func prepareSearch() -> any DecoderFactory { prepareSearch(SearchPreparation()) }

  /// Prepares search for one batch of sentences; see ``DecoderFactory/makeDecoder(for:)``.
  public func makeDecoder(for sources: PackedTokens) -> any IncrementalDecoder {
    prepareSearch().makeDecoder(for: sources)
  }
}

/// What went wrong inside a model, such as solves that broke off.
public struct ModelTrouble: Sendable, Equatable {
  /// How much of what, in a sentence with a remedy.
  public let sentence: String
  /// Whether so much went wrong that results are not to be used.
  public let isFatal: Bool

  /// Describes trouble.
  public init(_ sentence: String, isFatal: Bool) {
    self.sentence = sentence
    self.isFatal = isFatal
  }
}

/// A model's parameters computed in another way: with other numbers of steps, for example.
public struct ModelVariant: Sendable {
  /// What is different, `euler x 6` for example.
  public let name: String
  /// The model, with the same parameters.
  public let model: any Model

  /// Names a variant.
  public init(_ name: String, _ model: any Model) {
    self.name = name
    self.model = model
  }
}

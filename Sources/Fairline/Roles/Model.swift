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

  /// Whether a search in 8 bit integers or over shortlists is possible; see ``prepareSearch(_:)``.
  var searchesInIntegers: Bool { get }

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

  /// That of the search.
  public func alignment(of batch: Batch) -> AttentionWeights? { nil }

  /// No.
  public var searchesInIntegers: Bool { false }

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

/// A model's predictions for a batch, before the output projection where there is one.
public struct ModelOutput {
  /// The states before the projection `[target, channel]`, or logits `[target, vocabulary]` without
  /// one.
  public let states: Tensor
  /// The output projection `[vocabulary, channel]`, nil when ``states`` are logits.
  public let projection: Tensor?
  /// What is added to the projection's result `[vocabulary]`, nil for nothing.
  public let bias: Tensor?
  /// The attention over the source, when the model has one and was asked.
  public let attention: AttentionWeights?
  /// The attention that alignments guide, with gradients, where a batch has alignments: for each
  /// sentence `[target, source]`, one after the other. `[target * source]`
  public var alignment: Tensor?

  /// Makes an output from states and an output projection.
  ///
  /// - Parameters:
  ///   - states: `[target, channel]`
  ///   - projection: `[vocabulary, channel]`
  ///   - bias: `[vocabulary]`, nil for none.
  public init(
    states: Tensor, projection: Tensor, bias: Tensor? = nil, attention: AttentionWeights? = nil
  ) {
    self.states = states
    self.projection = projection
    self.bias = bias
    self.attention = attention
  }

  /// Makes an output from logits.
  ///
  /// - Parameter logits: `[target, vocabulary]`
  public init(logits: Tensor, attention: AttentionWeights? = nil) {
    states = logits
    (projection, bias) = (nil, nil)
    self.attention = attention
  }

  /// The logits, computed when they are not there yet. `[target, vocabulary]`
  public var logits: Tensor {
    guard let projection else { return states }
    return states.linear(weight: projection, bias: bias)
  }

  /// The label-smoothed cross-entropy, without holding all logits where there is a projection.
  ///
  /// - Parameter targets: `[target]`; negative symbols count nothing.
  public func crossEntropy(targets: [Int32], smoothing: Float = 0) -> CrossEntropy {
    guard let projection else {
      return states.crossEntropy(targets: targets, smoothing: smoothing)
    }
    return states.projectedCrossEntropy(
      weight: projection, bias: bias, targets: targets, smoothing: smoothing)
  }
}

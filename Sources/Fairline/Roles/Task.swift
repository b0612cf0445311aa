/// What a model is built for: the sizes of its vocabularies and of its longest sentences.
public struct TaskDescription: Sendable, Equatable, Codable {
  /// The number of source symbols, special ones included; 0 for a task without a source.
  public var sourceSymbols: Int
  /// The number of target symbols, special ones included.
  public var targetSymbols: Int
  /// Whether both sides have the same symbols in the same order.
  public var sharesVocabulary: Bool
  /// The number of symbols that a model without a source reads, where it predicts fewer; nil for
  /// the target symbols.
  public var inputSymbols: Int?
  /// The longest source sentence, end included.
  public var maximumSourcePositions: Int
  /// The longest target sentence, end included.
  public var maximumTargetPositions: Int

  /// Describes a task.
  public init(
    sourceSymbols: Int, targetSymbols: Int, sharesVocabulary: Bool,
    maximumSourcePositions: Int = 1024, maximumTargetPositions: Int = 1024
  ) {
    self.sourceSymbols = sourceSymbols
    self.targetSymbols = targetSymbols
    self.sharesVocabulary = sharesVocabulary
    self.maximumSourcePositions = maximumSourcePositions
    self.maximumTargetPositions = maximumTargetPositions
  }
}

extension TaskDescription {
  /// Describes a task without a source, such as language modelling.
  ///
  /// - Parameters:
  ///   - symbols: the number of symbols, special ones included.
  ///   - predictedSymbols: how many of them are predicted, the first ones; nil for all.
  ///   - maximumPositions: the longest sequence, end included.
  public init(symbols: Int, predictedSymbols: Int? = nil, maximumPositions: Int = 1024) {
    self.init(
      sourceSymbols: 0, targetSymbols: predictedSymbols ?? symbols, sharesVocabulary: false,
      maximumSourcePositions: maximumPositions, maximumTargetPositions: maximumPositions)
    if targetSymbols != symbols { inputSymbols = symbols }
  }

  /// The number of symbols that a decoder reads.
  public var readSymbols: Int { inputSymbols ?? targetSymbols }

  /// Whether there is something to predict from besides the symbols before.
  public var hasSource: Bool { sourceSymbols > 0 }
}

/// Batches in a fixed order: one epoch of training, or a validation set.
public protocol BatchSource: Sendable {
  /// The number of batches.
  var count: Int { get }
  /// The batch at a place; may be called from any thread.
  func batch(_ index: Int) throws -> Batch
  /// What tells these batches and their order from others; nil when only their number does.
  var fingerprint: String? { get }
}

extension BatchSource {
  /// Not known.
  public var fingerprint: String? { nil }
}

/// What is learned from what: owns vocabularies and data, and says how a trained model is judged.
///
/// A task whose models generate is a `GenerationTask` of `FairlineGeneration` as well.
public protocol Task: AnyObject {
  /// What a model for this task needs to know.
  var description: TaskDescription { get }

  /// The batches of an epoch, counted from 1, in training order; the same order for the same
  /// number.
  func trainingEpoch(_ epoch: Int) throws -> any BatchSource

  /// Names of the validation sets; the first one decides what is best.
  var validationSets: [String] { get }

  /// The batches of a validation set.
  func validation(_ name: String) throws -> any BatchSource

  /// Further measures of a model on a validation set, BLEU of its translations for example, in
  /// print order.
  func measures(of model: any Model, on name: String) throws -> [(name: String, value: Double)]

  /// The names of what ``measures(of:on:)`` gives, asked before training begins.
  ///
  /// The default measures. A task whose measures take long names them, and refuses settings with
  /// which they could not be taken.
  func measureNames(of model: any Model, on name: String) throws -> [String]

  /// What identifies the data in a checkpoint: dictionary fingerprints and the like.
  var identity: [String: String] { get }

  /// What a checkpoint carries along so that it can be used without the data, by name: `dict.src`,
  /// `dict.tgt`, `spm.model`.
  var assets: [String: [UInt8]] { get }

  /// Whether training data come with alignments of their words.
  var suppliesAlignments: Bool { get }

  /// Tells the task what the model and the settings allow, before data are read.
  func restrict(toMaximumPositions positions: (source: Int, target: Int))
}

extension Task {
  /// No further measures.
  public func measures(
    of model: any Model, on name: String
  ) throws -> [(name: String, value: Double)] { [] }

  /// The names of what is measured now.
  public func measureNames(of model: any Model, on name: String) throws -> [String] {
    try measures(of: model, on: name).map(\.name)
  }

  /// Nothing to carry along.
  public var assets: [String: [UInt8]] { [:] }

  /// Nothing to identify.
  public var identity: [String: String] { [:] }

  /// No.
  public var suppliesAlignments: Bool { false }

  /// Every length is taken.
  public func restrict(toMaximumPositions positions: (source: Int, target: Int)) {}
}

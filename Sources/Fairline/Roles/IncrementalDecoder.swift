public import FairlineTensor

/// The model's side of a search: predicts the next symbol of many prefixes at once, keeping what it
/// has computed of each.
public protocol IncrementalDecoder: AnyObject {
  /// Appends one symbol to each prefix and predicts the next.
  ///
  /// - Parameters:
  ///   - symbols: the symbol to append to each row. `[row]`
  ///   - parents: which row of the step before each row goes on from; -1 for a row that begins.
  ///     `[row]`
  ///   - sentences: which source sentence each row translates. `[row]`
  /// - Returns: logits `[row, vocabulary]`, or of the symbols in question when there are
  ///   ``candidates(of:)``; valid until the next step.
  func step(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> Tensor

  /// The same, for a search that reads each row's logits once: ``step(symbols:parents:sentences:)``
  /// unless the decoder knows better.
  func predict(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> StepLogits

  /// Whether ``join(_:)`` may be called between steps.
  var takesMore: Bool { get }

  /// Takes further sentences, numbered on from those it has.
  func join(_ sources: PackedTokens)

  /// Lets a sentence be translated with further symbols, whatever else it may be translated with;
  /// before its first step.
  func admit(_ symbols: [Int32], to sentence: Int)

  /// What a sentence may be translated with, after the first step that has it; nil for all symbols.
  func candidates(of sentence: Int) -> CandidateSymbols?

  /// For each row of the last step, the weights over its source sentence; nil when the model has no
  /// attention or was not asked. `[source]`
  var attention: [[Float]]? { get }

  /// Whether ``attention`` is wanted.
  var keepsAttention: Bool { get set }
}

extension IncrementalDecoder {
  /// Appends one symbol to each prefix and predicts the next, all rows at once.
  public func predict(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> StepLogits {
    StepLogits(step(symbols: symbols, parents: parents, sentences: sentences))
  }

  /// No.
  public var takesMore: Bool { false }

  /// Stops: this decoder takes no more sentences.
  public func join(_ sources: PackedTokens) {
    preconditionFailure("this decoder keeps to the sentences it was made for")
  }

  /// Nothing: there are all symbols.
  public func admit(_ symbols: [Int32], to sentence: Int) {}

  /// All symbols.
  public func candidates(of sentence: Int) -> CandidateSymbols? { nil }
}

/// The symbols that one sentence may be translated with.
public struct CandidateSymbols: Sendable {
  /// The symbols, ascending.
  public var symbols: [Int32]
  /// For each symbol, its column in the logits.
  public var columns: [Int32]

  /// Puts symbols and columns together.
  public init(symbols: [Int32], columns: [Int32]) {
    self.symbols = symbols
    self.columns = columns
  }
}

/// A model prepared for search, with its weights as decoders want them; shared by all workers.
public protocol DecoderFactory: Sendable {
  /// Bytes of weights that every step reads; nil when that is not known.
  var weightBytes: Int? { get }

  /// Makes the decoder of one batch.
  ///
  /// - Parameter sources: the sentences to translate, ends included.
  func makeDecoder(for sources: PackedTokens) -> any IncrementalDecoder
}

extension DecoderFactory {
  /// Not known.
  public var weightBytes: Int? { nil }
}

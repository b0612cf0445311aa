public import FairlineTensor

/// The model's side of a search: predicts the next symbol of many prefixes at once, keeping what it has computed of each.
public protocol IncrementalDecoder: AnyObject {
  /// Appends one symbol to each prefix and predicts the next.
  ///
  /// - Parameters:
  ///   - symbols: the symbol to append to each row. `[row]`
  ///   - parents: which row of the step before each row goes on from; -1 for a row that begins. `[row]`
  ///   - sentences: which source sentence each row translates. `[row]`
  /// - Returns: logits `[row, vocabulary]`, or of the symbols in question when there are ``candidates(of:)``; valid until the next step.
  func step(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> Tensor

  /// The same, for a search that reads each row's logits once: ``step(symbols:parents:sentences:)`` unless the decoder knows better.
  func predict(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> StepLogits

  /// Whether ``join(_:)`` may be called between steps.
  var takesMore: Bool { get }

  /// Takes further sentences, numbered on from those it has.
  func join(_ sources: PackedTokens)

  /// What a sentence may be translated with, after the first step that has it; nil for all symbols.
  func candidates(of sentence: Int) -> CandidateSymbols?

  /// For each row of the last step, the weights over its source sentence; nil when the model has no attention or was not asked. `[source]`
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
  /// - Parameters:
  ///   - sources: the sentences to translate, ends included.
  ///   - rows: the most prefixes alive at once.
  ///   - length: the most symbols of a prefix.
  func makeDecoder(
    for sources: PackedTokens, rows: Int, length: Int
  ) -> any IncrementalDecoder
}

extension DecoderFactory {
  /// Not known.
  public var weightBytes: Int? { nil }
}

/// Makes decoders that compute every prefix anew.
struct PrefixDecoderFactory: DecoderFactory {
  let model: any Model

  func makeDecoder(
    for sources: PackedTokens, rows: Int, length: Int
  ) -> any IncrementalDecoder {
    PrefixDecoder(model: model, sources: sources)
  }
}

/// Search with any model: every prefix is computed anew from its beginning.
///
/// Exact, and slow: the cost of a sentence grows with the square of its length.
public final class PrefixDecoder: IncrementalDecoder {
  private let model: any Model
  private var sources: [[Int32]]
  private var prefixes: [[Int32]] = []
  /// The last step's weights over the source.
  public private(set) var attention: [[Float]]?
  /// Whether ``attention`` is wanted.
  public var keepsAttention = false

  /// Makes a decoder for source sentences.
  public init(model: any Model, sources: PackedTokens) {
    self.model = model
    self.sources = []
    join(sources)
  }

  /// Yes.
  public var takesMore: Bool { true }

  /// Takes further sentences.
  public func join(_ sources: PackedTokens) {
    self.sources += (0..<sources.segments.count).map { Array(sources[$0]) }
  }

  /// Appends one symbol to each prefix and predicts the next.
  public func step(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> Tensor {
    prefixes = symbols.indices.map { row in
      (prefixes.isEmpty || parents[row] < 0 ? [] : prefixes[Int(parents[row])]) + [symbols[row]]
    }
    let input = PackedTokens(prefixes)
    let batch = Batch(
      ids: Array(symbols.indices),
      source: PackedTokens(sentences.map { sources[Int($0)] }), decoderInput: input,
      target: [Int32](repeating: -1, count: input.count))
    let output = model(batch, ForwardPass.evaluation())
    if keepsAttention, let weights = output.attention {
      attention = weights.sequences.map { $0.sliced(($0.shape[0] - 1)..<$0.shape[0]).scalars }
    }
    let last = symbols.indices.map { Int32(input.segments[$0].upperBound - 1) }
    let states = output.states.rows(at: last)  // [row, channel]
    guard let projection = output.projection else { return states }
    return states.linear(weight: projection)
  }
}

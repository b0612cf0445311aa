public import FairlineTensor

/// Makes decoders that compute every prefix anew.
struct PrefixDecoderFactory: DecoderFactory {
  let model: any Model

  func makeDecoder(for sources: PackedTokens) -> any IncrementalDecoder {
    PrefixDecoder(model: model, sources: sources)
  }
}

/// Search with any model: every prefix is computed anew from its beginning.
///
/// Exact, and slow: the cost of a sentence grows with the square of its length.
public final class PrefixDecoder: IncrementalDecoder {
  /// Predicts every symbol of some prefixes.
  ///
  /// - Parameters:
  ///   - prefixes: whole prefixes, one for each row.
  ///   - sentences: which sentence each of them belongs to. `[row]`
  ///   - wantsAttention: whether the attention over the source is wanted.
  public typealias Prediction = (
    _ prefixes: PackedTokens, _ sentences: [Int], _ wantsAttention: Bool
  ) -> ModelOutput

  private let predict: Prediction
  private let takeMore: ((PackedTokens) -> Void)?
  private var prefixes: [[Int32]] = []
  /// The last step's weights over the source.
  public private(set) var attention: [[Float]]?
  /// Whether ``attention`` is wanted.
  public var keepsAttention = false

  /// Makes a decoder that calls a model for whole sentences and prefixes.
  public convenience init(model: any Model, sources: PackedTokens) {
    var known: [[Int32]] = []
    self.init(takeMore: { more in known += (0..<more.segments.count).map { Array(more[$0]) } }) {
      prefixes, sentences, _ in
      let batch = Batch(
        ids: Array(sentences.indices), source: PackedTokens(sentences.map { known[$0] }),
        decoderInput: prefixes, target: [Int32](repeating: -1, count: prefixes.count))
      return model(batch, ForwardPass.evaluation())
    }
    join(sources)
  }

  /// Makes a decoder for a model that has computed something of its sources already.
  ///
  /// - Parameters:
  ///   - takeMore: takes further sentences; nil where that is not possible.
  ///   - predict: predicts every symbol of some prefixes.
  public init(takeMore: ((PackedTokens) -> Void)? = nil, predict: @escaping Prediction) {
    self.takeMore = takeMore
    self.predict = predict
  }

  /// Whether further sentences may join.
  public var takesMore: Bool { takeMore != nil }

  /// Takes further sentences.
  public func join(_ sources: PackedTokens) {
    guard let takeMore else {
      preconditionFailure("this decoder keeps to the sentences it was made for")
    }
    takeMore(sources)
  }

  /// Appends one symbol to each prefix and predicts the next.
  public func step(symbols: [Int32], parents: [Int32], sentences: [Int32]) -> Tensor {
    prefixes = symbols.indices.map { row in
      (prefixes.isEmpty || parents[row] < 0 ? [] : prefixes[Int(parents[row])]) + [symbols[row]]
    }
    let input = PackedTokens(prefixes)
    let output = predict(input, sentences.map(Int.init), keepsAttention)
    if keepsAttention, let weights = output.attention {
      attention = weights.sequences.map { $0.sliced(($0.shape[0] - 1)..<$0.shape[0]).scalars }
    }
    let last = symbols.indices.map { Int32(input.segments[$0].upperBound - 1) }
    return output.logits(of: last)
  }
}

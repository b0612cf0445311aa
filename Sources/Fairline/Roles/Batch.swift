public import FairlineTensor

/// The sentences of one step, packed: no padding is stored or computed.
public struct Batch: Sendable {
  /// The sentences' numbers in their dataset.
  public let ids: [Int]
  /// Source sentences, each with its end; no rows for tasks without a source.
  public let source: PackedTokens
  /// What the decoder reads: each target with its end moved to the front.
  public let decoderInput: PackedTokens
  /// What the decoder shall predict, row for row of ``decoderInput``. `[target]`
  public let target: [Int32]

  /// Makes a batch.
  public init(ids: [Int], source: PackedTokens, decoderInput: PackedTokens, target: [Int32]) {
    precondition(
      target.count == decoderInput.count,
      "\(target.count) targets do not fit \(decoderInput.count) decoder inputs")
    self.ids = ids
    self.source = source
    self.decoderInput = decoderInput
    self.target = target
  }

  /// The number of sentences.
  public var sentenceCount: Int { ids.count }

  /// The number of target symbols, ends included.
  public var tokenCount: Int { target.count }

  /// Makes a batch of sentence pairs for an encoder-decoder; every sentence ends with the end symbol.
  ///
  /// - Parameters:
  ///   - ids: the pairs' numbers in their dataset.
  ///   - sources: source symbols, end included.
  ///   - targets: target symbols, end included.
  public static func pairs(ids: [Int], sources: [[Int32]], targets: [[Int32]]) -> Batch {
    let shifted = targets.map { Array($0.suffix(1) + $0.dropLast()) }
    return Batch(
      ids: ids, source: PackedTokens(sources), decoderInput: PackedTokens(shifted),
      target: targets.flatMap { $0 })
  }
}

import FairlineFoundation

/// Blocks of text for a model that predicts symbols from those before them.
public struct MonolingualDataset: Sendable {
  /// What a model predicts at each place.
  public enum Target: String, Sendable, CaseIterable {
    /// The symbol that it reads.
    case own = "self"
    /// The next symbol.
    case future
    /// The symbol before the one that it reads.
    case past
  }

  /// The blocks.
  public let blocks: TokenBlocks
  /// What is predicted; one or several.
  public var targets: [Target] = [.future]
  /// The number of symbols that are predicted: others become the unknown symbol; nil for all.
  public var outputSymbols: Int?
  /// Whether every block begins with the begin symbol, on both sides.
  public var addsBegin = false
  /// Whether a block that does not read its end does so for the sake of other targets than the
  /// future.
  public var addsEnd = false

  /// Takes blocks.
  public init(_ blocks: TokenBlocks) { self.blocks = blocks }

  /// What a model reads and predicts.
  public struct Sample: Sendable, Equatable {
    /// The block's number.
    public var id: Int
    /// The symbols that are read.
    public var source: [Int32]
    /// What is predicted, for each of the data set's targets; pads count nothing.
    public var targets: [[Int32]]
  }

  /// The number of blocks.
  public var count: Int { blocks.count }

  /// The symbols of a block, without a begin symbol: its size in a batch.
  public func length(of index: Int) -> Int { blocks.ranges[index].count }

  /// What a model reads and predicts for a block.
  public subscript(index: Int) -> Sample {
    let block = blocks[index]
    var (source, future, past) = (block.shifted, block.symbols, block.shiftedTwice)
    let hasOthers = targets.contains { $0 != .future }
    if addsEnd, hasOthers, let last = source.last, last != Vocabulary.eos {
      source.append(Vocabulary.eos)
      future.append(Vocabulary.pad)
      past = [Vocabulary.pad] + past.dropFirst() + [last]
    }
    let rows = targets.map { target in
      switch target {
      case .own: source
      case .future: future
      case .past: past
      }
    }
    let begin = addsBegin ? [Vocabulary.bos] : []
    return Sample(
      id: index, source: begin + source, targets: rows.map { begin + $0.map(predicted) })
  }

  /// What stands for a symbol that may not be predicted.
  private func predicted(_ symbol: Int32) -> Int32 {
    guard let outputSymbols, Int(symbol) >= outputSymbols else { return symbol }
    return Vocabulary.unk
  }

  /// The blocks by length, short ones first; ties as fairseq orders them.
  ///
  /// - Parameter seed: draws the order of equally long blocks; nil keeps that of the text.
  public func order(seed: UInt32?) -> [Int] {
    SentenceOrder.byLength(blocks.ranges.map { Int32($0.count) }, seed: seed)
  }

  /// Orders the blocks, removes the ones beyond a limit and cuts the rest into batches.
  ///
  /// - Parameters:
  ///   - longest: the most symbols that a model takes, a begin symbol included.
  ///   - policy: what happens with longer blocks.
  ///   - seed: the run's seed when equally long blocks are shuffled; see
  ///     ``LanguagePairDataset/batches(_:lengths:policy:seed:)``.
  public func batches(
    _ limits: BatchLimits, longest: Int, policy: LengthLimits.Policy, seed: Int?
  ) throws -> LanguagePairDataset.Batches {
    try batches(
      of: order(seed: seed.map { UInt32(truncatingIfNeeded: $0 &+ 1) }), limits, longest, policy)
  }

  /// Cuts the blocks into batches in the order of the text; see
  /// ``batches(_:longest:policy:seed:)``.
  public func batchesInOrder(
    _ limits: BatchLimits, longest: Int, policy: LengthLimits.Policy = .drop
  ) throws -> LanguagePairDataset.Batches {
    try batches(of: Array(0..<count), limits, longest, policy)
  }

  private func batches(
    of order: [Int], _ limits: BatchLimits, _ longest: Int, _ policy: LengthLimits.Policy
  ) throws -> LanguagePairDataset.Batches {
    let most = longest - (addsBegin ? 1 : 0)
    return try LanguagePairDataset.Batches(
      order: order, sourceLengths: blocks.ranges.map { Int32($0.count) }, targetLengths: nil,
      limits, lengths: LengthLimits(source: most, target: most), policy: policy)
  }

  /// The same blocks of the same text as another epoch sees it; see ``ShortenedSequences``.
  public func inEpoch(_ epoch: Int) -> MonolingualDataset {
    guard let shortened = blocks.sentences as? ShortenedSequences, shortened.dependsOnEpoch
    else { return self }
    var copy = MonolingualDataset(
      TokenBlocks(blocks, reading: shortened.inEpoch(epoch)))
    (copy.targets, copy.outputSymbols) = (targets, outputSymbols)
    (copy.addsBegin, copy.addsEnd) = (addsBegin, addsEnd)
    return copy
  }
}

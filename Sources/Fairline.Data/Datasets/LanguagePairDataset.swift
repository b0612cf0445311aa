import FairlineFoundation

/// Sentences in two languages, side by side.
public struct LanguagePairDataset: Sendable {
  /// The source sentences.
  public let sources: any TokenSequences
  /// The target sentences; nil when only sources are known.
  public let targets: (any TokenSequences)?
  /// Tokens of each source, the end symbol included.
  public let sourceLengths: [Int32]
  /// Tokens of each target, the end symbol included.
  public let targetLengths: [Int32]?

  /// The alignment of each pair, source and target places in turn; nil where nothing is known.
  public var alignments: (any TokenSequences)?

  /// Puts two collections side by side.
  ///
  /// - Throws: a `UserError` when they differ in size.
  public init(sources: any TokenSequences, targets: (any TokenSequences)?) throws {
    if let targets, targets.count != sources.count {
      throw UserError(
        "the source side has \(sources.count) sentences but the target side has "
          + "\(targets.count); preprocess texts of equal length")
    }
    self.sources = sources
    self.targets = targets
    sourceLengths = (0..<sources.count).map { Int32(sources.length(of: $0)) }
    targetLengths = targets.map { targets in
      (0..<targets.count).map { Int32(targets.length(of: $0)) }
    }
  }

  /// The number of pairs.
  public var count: Int { sources.count }

  /// The longer side of a pair in tokens: its size in a batch.
  public func length(of index: Int) -> Int {
    Int(max(sourceLengths[index], targetLengths.map { $0[index] } ?? 0))
  }

  /// The pairs by length, short ones first.
  ///
  /// - Parameter seed: shuffles pairs of equal lengths; nil keeps the order of the file.
  public func order(seed: UInt32? = nil) -> [Int] {
    SentenceOrder.byLength(
      sourceLengths: sourceLengths, targetLengths: targetLengths, seed: seed)
  }

  /// Batches of this data set, and the warning about sentences left out.
  public struct Batches: Sendable {
    /// The pairs of each batch.
    public var batches: [[Int]]
    /// The warning to log; nil when nothing was left out.
    public var warning: String?
    /// The number of pairs left out.
    package var droppedCount: Int

    /// Orders sentences by length, removes the ones beyond the limits and cuts the rest into
    /// batches; see ``LanguagePairDataset/batches(_:lengths:policy:seed:)``.
    ///
    /// - Parameters:
    ///   - sourceLengths: symbols of each source.
    ///   - targetLengths: symbols of each target; nil when there are none.
    public init(
      sourceLengths: [Int32], targetLengths: [Int32]?, _ limits: BatchLimits,
      lengths: LengthLimits, policy: LengthLimits.Policy, seed: Int?
    ) throws {
      try self.init(
        order: SentenceOrder.byLength(
          sourceLengths: sourceLengths, targetLengths: targetLengths,
          seed: seed.map { UInt32(truncatingIfNeeded: $0 &+ 1) }),
        sourceLengths: sourceLengths, targetLengths: targetLengths, limits, lengths: lengths,
        policy: policy)
    }

    /// Removes sentences of an order that are beyond the limits and cuts the rest into batches.
    init(
      order: [Int], sourceLengths: [Int32], targetLengths: [Int32]?, _ limits: BatchLimits,
      lengths: LengthLimits, policy: LengthLimits.Policy
    ) throws {
      let selection = try lengths.select(
        order, sourceLengths: sourceLengths, targetLengths: targetLengths, policy: policy)
      batches = try limits.batches(of: selection.kept) { place in
        Int(max(sourceLengths[place], targetLengths.map { $0[place] } ?? 0))
      }
      warning = selection.warning
      droppedCount = selection.dropped.count
    }
  }

  /// Orders the pairs, removes the ones beyond the limits and cuts the rest into batches.
  ///
  /// - Parameters:
  ///   - seed: the run's seed when pairs are shuffled, as for every subset but `test`. The
  ///     generator is seeded with `seed + 1`, fairseq's seed in the first epoch, in every epoch.
  ///   - policy: what happens with pairs beyond `lengths`.
  public func batches(
    _ limits: BatchLimits, lengths: LengthLimits, policy: LengthLimits.Policy, seed: Int?
  ) throws -> Batches {
    try Batches(
      sourceLengths: sourceLengths, targetLengths: targetLengths, limits, lengths: lengths,
      policy: policy, seed: seed)
  }

  /// Collects the pairs of a batch.
  public func collate(_ batch: [Int]) -> SentencePairs {
    SentencePairs(
      ids: batch, sources: batch.map { sources[$0] },
      targets: targets.map { targets in batch.map { targets[$0] } } ?? [],
      alignments: alignments.map { all in batch.map { all[$0] } })
  }
}

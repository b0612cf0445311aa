/// The sentence pairs of one batch, longest source first.
public struct SentencePairs: Sendable, Equatable {
  /// The number of each pair in its data set.
  public var ids: [Int]
  /// The sources, each with its end symbol.
  public var sources: [[Int32]]
  /// The targets, each with its end symbol; empty when there are none.
  public var targets: [[Int32]]
  /// The alignment of each pair, source and target places in turn; nil where nothing is known.
  public var alignments: [[Int32]]?

  /// Collects pairs and sorts them by descending source length; ties keep their order.
  public init(
    ids: [Int], sources: [[Int32]], targets: [[Int32]], alignments: [[Int32]]? = nil
  ) {
    precondition(
      sources.count == ids.count && (targets.isEmpty || targets.count == ids.count),
      "a batch has one source, and one target or none, for each id")
    let rows = ids.indices.sorted { sources[$0].count > sources[$1].count }  // stable
    self.ids = rows.map { ids[$0] }
    self.sources = rows.map { sources[$0] }
    self.targets = targets.isEmpty ? [] : rows.map { targets[$0] }
    self.alignments = alignments.map { all in rows.map { all[$0] } }
  }

  /// The number of target tokens, or of source tokens when there is no target.
  public var tokenCount: Int {
    (targets.isEmpty ? sources : targets).reduce(0) { $0 + $1.count }
  }
}

import FairlineTensor

/// Attention of a decoder that computes one symbol at a time to the source and to its prefix at
/// once, with one set of maps for both.
final class CachedJointAttention {
  private let maps: PreparedAttention
  private let work: StepWork
  private let cache: AttentionCache
  private let lists: JointLists
  /// Rows of the cache that there is room for.
  private var room = 0

  /// Makes an empty cache.
  ///
  /// - Parameters:
  ///   - maps: those of self-attention.
  ///   - work: buffers of the attention's width.
  ///   - lists: where the rows of sources and prefixes lie, shared by all layers of a decoder.
  init(_ maps: PreparedAttention, _ work: StepWork, _ lists: JointLists) {
    precondition(maps.memory == nil, "joint attention has one set of maps")
    self.maps = maps
    self.work = work
    self.lists = lists
    cache = AttentionCache(channels: maps.steps.channels, precision: maps.cachePrecision)
  }

  /// Computes keys and values of further sources.
  func join(_ sources: EncodedSources) {
    let rows = sources.places.count
    reserve(JointLists.source(sources.capacity))
    work.triple.reserve(rows)
    maps.input(sources.encoding.states, rows: rows, into: work.triple)
    cache.store(
      work.triple, from: maps.steps.channels, at: sources.places.map(JointLists.source))
  }

  /// Adds the attention's result to states, normalised afterwards when a norm is given.
  ///
  /// - Parameters:
  ///   - x: what attends. `[row, channel]`
  ///   - states: `[row, channel]`
  func add(_ x: RowBuffer, to states: RowBuffer, norm: LayerNorm?, _ step: DecoderStep) {
    let rows = step.rows
    for buffer in [work.triple, work.context, work.branch] { buffer.reserve(rows) }
    reserve(JointLists.prefix(step.capacity))
    maps.input(x, rows: rows, into: work.triple)
    cache.store(work.triple, from: maps.steps.channels, at: step.cells.map(JointLists.prefix))
    maps.steps(
      work.triple, groups: step.groups, cache: cache, lists: lists.all(step),
      scratch: work.scratch, into: work.context)
    maps.output(work.context, rows: rows, addedTo: states, norm: norm, scratch: work.branch)
  }

  private func reserve(_ rows: Int) {
    cache.reserve(rows, keeping: room)
    room = max(room, rows)
  }
}

/// Where the rows of sources and prefixes lie in caches that hold both: in turn, so that neither
/// has to know how many the other has.
public final class JointLists {
  private var known = -1
  private var lists = RowLists()

  /// Makes lists that are filled at the first step.
  public init() {}

  static func prefix(_ place: Int32) -> Int32 { 2 * place }
  static func source(_ place: Int32) -> Int32 { 2 * place + 1 }
  static func prefix(_ count: Int) -> Int { 2 * count }
  static func source(_ count: Int) -> Int { 2 * count + 1 }

  /// For each row of a step, the rows of its source and of its prefix.
  func all(_ step: DecoderStep) -> RowLists {
    if known == step.number { return lists }
    known = step.number
    let longest = (0..<step.rows).reduce(0) {
      max($0, Int(step.sources.counts[$1] + step.prefixes.counts[$1]))
    }
    lists.clear(rows: step.rows, longest: longest)
    for row in 0..<step.rows {
      step.sources.withList(row) { lists.append($0.map(Self.source), to: row) }
      step.prefixes.withList(row) { lists.append($0.map(Self.prefix), to: row) }
    }
    return lists
  }
}

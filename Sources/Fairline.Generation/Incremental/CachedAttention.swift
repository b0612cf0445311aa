public import FairlineTensor

/// Attention of a decoder that computes one symbol at a time, with the keys and values of all
/// prefixes or of the sources.
public final class CachedAttention {
  private let maps: PreparedAttention
  private let work: StepWork
  private let cache: AttentionCache
  /// Rows of the cache that there is room for.
  private var room = 0

  /// Makes an empty cache.
  ///
  /// - Parameter work: buffers of the attention's width.
  public init(_ maps: PreparedAttention, _ work: StepWork) {
    self.maps = maps
    self.work = work
    cache = AttentionCache(channels: maps.steps.channels, precision: maps.cachePrecision)
  }

  /// Computes keys and values of further sources, for attention over them.
  public func join(_ sources: EncodedSources) {
    guard let memory = maps.memory else { preconditionFailure("self-attention has no source") }
    let rows = sources.places.count
    reserve(sources.capacity, keeping: sources.kept)
    work.pairs.reserve(rows)
    memory(sources.encoding.states, rows: rows, into: work.pairs)
    cache.store(work.pairs, from: 0, at: sources.places)
  }

  /// Attends from each row to its prefix, which its own keys and values join, or to its source.
  ///
  /// - Parameter x: `[row, channel]`
  /// - Returns: the concatenated heads, valid until the next attention with the same work. `[row,
  ///   channel]`
  func heads(_ x: RowBuffer, _ step: DecoderStep) -> RowBuffer {
    let rows = step.rows
    work.context.reserve(rows)
    if maps.memory != nil {
      work.query.reserve(rows)
      maps.input(x, rows: rows, into: work.query)
      maps.steps(
        work.query, groups: step.groups, cache: cache, lists: step.sources,
        scratch: work.scratch, into: work.context, observe: step.observe)
    } else {
      work.triple.reserve(rows)
      reserve(step.capacity, keeping: step.kept)
      maps.input(x, rows: rows, into: work.triple)
      cache.store(work.triple, from: maps.steps.channels, at: step.cells)
      maps.steps(
        work.triple, groups: step.groups, cache: cache, lists: step.prefixes,
        scratch: work.scratch, into: work.context)
    }
    return work.context
  }

  /// The attention with its output map.
  ///
  /// - Parameter x: `[row, channel]`
  /// - Returns: the result, in the work's `branch`. `[row, channel]`
  func callAsFunction(_ x: RowBuffer, _ step: DecoderStep) -> RowBuffer {
    let heads = heads(x, step)
    work.branch.reserve(step.rows)
    maps.output(heads, rows: step.rows, into: work.branch)
    return work.branch
  }

  /// Adds the attention's result to states, normalised afterwards when a norm is given.
  ///
  /// - Parameters:
  ///   - x: what attends. `[row, channel]`
  ///   - states: `[row, channel]`
  public func add(_ x: RowBuffer, to states: RowBuffer, norm: LayerNorm?, _ step: DecoderStep) {
    let heads = heads(x, step)
    work.branch.reserve(step.rows)
    maps.output(heads, rows: step.rows, addedTo: states, norm: norm, scratch: work.branch)
  }

  private func reserve(_ rows: Int, keeping kept: Int) {
    cache.reserve(rows, keeping: min(kept, room))
    room = max(room, rows)
  }
}

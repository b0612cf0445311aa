public import FairlineTensor

/// What decoders of one head keep of the sources, and attention to it by products as they are:
/// keys, and values when these differ.
public final class CachedMemory {
  private let steps: StepAttention
  private let cache: AttentionCache
  private let scaled, context, scratch, pairs: RowBuffer
  /// Rows of the cache that there is room for.
  private var room = 0

  /// Makes an empty cache.
  ///
  /// - Parameters:
  ///   - channels: channels of keys, and of values.
  ///   - precision: of the model's weights; caches are rounded where these are.
  public init(channels: Int, precision: InferencePrecision) {
    steps = StepAttention(heads: 1, channels: channels)
    cache = AttentionCache(
      channels: channels, precision: precision == .float32 ? .float32 : .float16)
    scaled = RowBuffer(columns: channels)
    context = RowBuffer(columns: channels)
    scratch = RowBuffer(columns: 64)
    pairs = RowBuffer(columns: 2 * channels)
  }

  /// Keeps the states of further sources: keys and values side by side, or states that are both.
  public func join(_ sources: EncodedSources) {
    let (states, rows) = (sources.encoding.states, sources.places.count)
    cache.reserve(sources.capacity, keeping: min(sources.kept, room))
    room = max(room, sources.capacity)
    if states.columns == pairs.columns {
      cache.store(states, from: 0, at: sources.places)
    } else {
      pairs.reserve(rows)
      pairs.copy(rows: rows, of: [states, states])
      cache.store(pairs, from: 0, at: sources.places)
    }
  }

  /// The means of the values, weighted by the softmax of the keys' products with each query.
  ///
  /// - Parameter queries: `[row, channel]`
  /// - Returns: the means, valid until the next call. `[row, channel]`
  public func callAsFunction(_ queries: RowBuffer, _ step: DecoderStep) -> RowBuffer {
    let rows = step.rows
    for buffer in [scaled, context] { buffer.reserve(rows) }
    // The steps divide by the root of the channels.
    scaled.copy(queries.tensor(rows: rows) * Float(steps.channels).squareRoot())
    steps(
      scaled, groups: step.groups, cache: cache, lists: step.sources, scratch: scratch,
      into: context, observe: step.observe)
    return context
  }
}

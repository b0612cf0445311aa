public import FairlineTensor

/// The maps of a decoder's layer, packed once and shared by all decoders.
public struct PreparedLayer: Sendable {
  let attention: PreparedAttention?
  let recurrence: InferenceSimpleRecurrence?
  let sourceAttention: PreparedAttention?
  let feedForward: PreparedFeedForward

  /// Packs the maps of a layer.
  ///
  /// - Parameters:
  ///   - attention: the self-attention; nil where there is none.
  ///   - recurrence: what stands in its place, where something does.
  ///   - sourceAttention: the attention over the source; nil where there is none.
  public init(
    attention: MultiHeadAttention?, recurrence: SimpleRecurrentUnit? = nil,
    sourceAttention: MultiHeadAttention?, feedForward: FeedForward, _ weights: InferenceWeights
  ) {
    precondition(attention == nil || recurrence == nil, "a layer looks back in one way")
    self.attention = attention.map { PreparedAttention($0, weights) }
    self.recurrence = recurrence.map { InferenceSimpleRecurrence($0, weights) }
    self.sourceAttention = sourceAttention.map { PreparedAttention($0, weights) }
    self.feedForward = PreparedFeedForward(feedForward, weights)
  }

  /// Bytes of the weights that every step reads.
  public var byteCount: Int {
    (attention?.byteCount ?? 0) + (recurrence?.byteCount ?? 0) + (sourceAttention?.byteCount ?? 0)
      + feedForward.byteCount
  }
}

/// A layer of attention and a feed-forward network that computes one symbol at a time, with the
/// keys and values of one decoder's prefixes and sources.
public final class CachedLayer {
  /// A sub-layer.
  public enum Part: Sendable {
    /// The attention over the prefix.
    case attention
    /// The recurrence in its place.
    case recurrence
    /// The attention over the source.
    case sourceAttention
    /// The feed-forward network.
    case feedForward
  }

  /// The sub-layers that there are, in their order.
  public let parts: [Part]
  /// How often the layer was computed in this step before.
  ///
  /// A layer that is computed several times in a step sees other states each time, and keeps keys
  /// and values of prefixes for each.
  public var evaluation = 0

  private let maps: PreparedLayer
  private let work: StepWork
  private var attentions: [CachedAttention] = []
  private let joint: CachedJointAttention?
  private let sourceAttention: CachedAttention?
  /// The cells of the recurrence.
  private let cells: StateRows?

  /// Makes empty caches.
  ///
  /// - Parameters:
  ///   - work: buffers that the layers of a decoder share.
  ///   - lists: where self-attention sees the source too, the rows that it sees.
  public init(_ maps: PreparedLayer, _ work: StepWork, joint lists: JointLists? = nil) {
    self.maps = maps
    self.work = work
    joint = maps.attention.flatMap { maps in lists.map { CachedJointAttention(maps, work, $0) } }
    sourceAttention = maps.sourceAttention.map { CachedAttention($0, work) }
    cells = maps.recurrence.map { StateRows(columns: $0.channels) }
    parts =
      (maps.attention == nil ? [] : [.attention]) + (maps.recurrence == nil ? [] : [.recurrence])
      + (maps.sourceAttention == nil ? [] : [.sourceAttention]) + [.feedForward]
  }

  /// Computes keys and values of further sources.
  public func join(_ sources: EncodedSources) {
    joint?.join(sources)
    sourceAttention?.join(sources)
  }

  /// Computes a sub-layer: an attention, or the feed-forward network.
  ///
  /// - Parameters:
  ///   - x: `[row, channel]`
  ///   - result: where a feed-forward network writes; nil for the work's `branch`.
  /// - Returns: the result, valid until the next sub-layer. `[row, channel]`
  public func callAsFunction(
    _ part: Part, of x: RowBuffer, into result: RowBuffer? = nil, _ step: DecoderStep
  ) -> RowBuffer {
    precondition(part != .recurrence, "a recurrence is computed with its residual")
    guard let attention = attention(part) else {
      let result = result ?? work.branch
      maps.feedForward(x, rows: step.rows, into: result, work)
      return result
    }
    return attention(x, step)
  }

  /// Computes all sub-layers, each with a residual connection, in place.
  ///
  /// - Parameters:
  ///   - states: `[row, channel]`
  ///   - norms: the normalisation of each of the ``parts``.
  ///   - isBefore: whether normalisation comes before a sub-layer, or after its connection.
  public func addParts(
    to states: RowBuffer, norms: [LayerNorm], isBefore: Bool, _ step: DecoderStep
  ) {
    precondition(norms.count == parts.count, "each sub-layer has a normalisation")
    for (part, norm) in zip(parts, norms) {
      work.subLayer(states, rows: step.rows, norm: norm, isBefore: isBefore) { x, norm in
        if part == .attention, let joint {
          joint.add(x, to: states, norm: norm, step)
        } else if part == .recurrence, let recurrence = maps.recurrence, let cells {
          cells.advance(step)
          recurrence(
            x, cell: cells.current, rows: step.rows, addedTo: states, norm: norm,
            work: work.pairs, result: work.branch)
        } else if let attention = attention(part) {
          attention.add(x, to: states, norm: norm, step)
        } else {
          maps.feedForward.add(x, rows: step.rows, to: states, norm: norm, work)
        }
      }
    }
  }

  /// The attention of a sub-layer; nil for the feed-forward network.
  private func attention(_ part: Part) -> CachedAttention? {
    guard part == .attention, let maps = maps.attention else {
      return part == .sourceAttention ? sourceAttention : nil
    }
    while attentions.count <= evaluation { attentions.append(CachedAttention(maps, work)) }
    return attentions[evaluation]
  }
}

import CFairlineKernels

/// Some columns of a tensor of states: queries, keys or values of all heads.
public struct StateColumns {
  /// Shape `[token, channel]`.
  public let states: Tensor
  /// The first column used.
  public let first: Int

  /// Uses the columns of `states` from `first` on.
  public init(_ states: Tensor, from first: Int = 0) {
    self.states = states
    self.first = first
  }

  var pointer: UnsafeMutablePointer<Float> { states.pointer + first }
  var stride: Int { states.shape.columns }
}

/// What an attention over packed sequences computes (Vaswani and others 2017, section 3.2).
public struct AttentionShape: Sendable {
  /// Which rows of the queries belong together.
  public let querySegments: Segments
  /// Which rows of keys and values belong to the queries' sequence of the same number.
  public let keySegments: Segments
  /// The number of heads.
  public let heads: Int
  /// Channels of one head.
  public let headDimension: Int
  /// Whether a query sees only keys that are not after it.
  public let isCausal: Bool

  /// Describes an attention.
  public init(
    querySegments: Segments, keySegments: Segments, heads: Int, headDimension: Int,
    isCausal: Bool = false
  ) {
    precondition(
      querySegments.count == keySegments.count,
      "\(querySegments.count) sequences of queries cannot attend \(keySegments.count) of keys")
    self.querySegments = querySegments
    self.keySegments = keySegments
    self.heads = heads
    self.headDimension = headDimension
    self.isCausal = isCausal
  }

  /// The number of channels of all heads.
  public var width: Int { heads * headDimension }
}

extension Tensor {
  /// Scaled dot-product attention of packed sequences.
  ///
  /// Memory grows linearly with the length: probabilities and dropout masks are computed anew on
  /// the way back.
  ///
  /// - Parameters:
  ///   - query: `width` columns of `[target, channel]`, not yet scaled.
  ///   - key: `width` columns of `[source, channel]`
  ///   - value: `width` columns of `[source, channel]`
  ///   - shape: sequences and heads.
  ///   - mask: dropout of the attention weights, nil for none.
  ///   - weights: receives the weights when given.
  /// - Returns: `[target, width]`
  public static func attention(
    query: StateColumns, key: StateColumns, value: StateColumns, shape: AttentionShape,
    mask: DropoutDraw? = nil, weights: AttentionWeights? = nil
  ) -> Tensor {
    let work = AttentionWork(shape, query, key, value, mask)
    let result = Tensor(uninitialized: [shape.querySegments.tokenCount, shape.width])
    let nodes = (query.states.node, key.states.node, value.states.node)
    let tape = (nodes.0 ?? nodes.1 ?? nodes.2)?.tape
    let logSums = tape == nil ? nil : Tensor(uninitialized: [work.logSumCount])
    weights?.prepare(shape)
    work.run(as: .attentionForward) { place, plan in
      withUnsafePointer(to: plan) {
        fl_attention_forward(
          $0, work.output(result, place), logSums.map { $0.pointer + work.logSum(place) },
          weights?.target(segment: place.segment, head: place.head),
          work.rows(query, place.queries, place.head), work.rows(key, place.keys, place.head),
          work.rows(value, place.keys, place.head))
      }
    }
    weights?.finish()
    guard let tape, let logSums else {
      return withExtendedLifetime((query, key, value)) { result }
    }
    return tape.record(result) { gradient in
      let targets = Self.gradientTargets([query, key, value])
      work.run(as: .attentionBackward) { place, plan in
        withUnsafePointer(to: plan) {
          fl_attention_backward(
            $0, work.rows(targets[0], place.queries, place.head),
            work.rows(targets[1], place.keys, place.head),
            work.rows(targets[2], place.keys, place.head), work.output(gradient, place),
            work.output(result, place), logSums.pointer + work.logSum(place),
            work.rows(query, place.queries, place.head),
            work.rows(key, place.keys, place.head), work.rows(value, place.keys, place.head))
        }
      }
    }
  }
}

extension Tensor {
  /// Gradient memory for columns of states; columns of the same states share it.
  private static func gradientTargets(_ all: [StateColumns]) -> [StateColumns] {
    var known: [(node: Node, target: Tensor)] = []
    return all.map { columns in
      guard let node = columns.states.node else {
        return StateColumns(Tensor.zeros(columns.states.shape), from: columns.first)
      }
      if let (_, target) = known.first(where: { $0.node === node }) {
        return StateColumns(target, from: columns.first)
      }
      let target = node.clearedTarget(shape: columns.states.shape)
      known.append((node, target))
      return StateColumns(target, from: columns.first)
    }
  }
}

/// The attention weights of one call, averaged over heads.
public final class AttentionWeights: @unchecked Sendable {
  /// For each sequence, its weights. `[target, source]`
  public private(set) var sequences: [Tensor] = []
  private var perHead: [Tensor] = []

  /// Makes an empty receiver.
  public init() {}

  /// Takes weights that are there, one tensor for each sequence. `[target, source]`
  public init(_ sequences: [Tensor]) { self.sequences = sequences }

  func prepare(_ shape: AttentionShape) {
    perHead = (0..<shape.querySegments.count).map { index in
      Tensor.zeros([
        shape.heads, shape.querySegments.length(index), shape.keySegments.length(index),
      ])
    }
  }

  func target(segment: Int, head: Int) -> UnsafeMutablePointer<Float> {
    let tensor = perHead[segment]
    return tensor.pointer + head * tensor.shape[1] * tensor.shape[2]
  }

  func finish() {
    sequences = perHead.map { $0.mean(along: 0) }
    perHead = []
  }
}

/// Where one (sequence, head) of an attention finds its rows.
private struct AttentionPlace {
  let segment: Int
  let head: Int
  let queries: Range<Int>
  let keys: Range<Int>
}

/// The pieces of an attention: one for each sequence and head.
private struct AttentionWork {
  let shape: AttentionShape
  let strides: (query: Int, key: Int, value: Int)
  let mask: DropoutDraw?
  /// The first dropout element of each sequence; each head follows with queries x keys elements.
  let firstElements: [UInt64]

  init(
    _ shape: AttentionShape, _ query: StateColumns, _ key: StateColumns, _ value: StateColumns,
    _ mask: DropoutDraw?
  ) {
    self.shape = shape
    self.mask = mask
    strides = (query.stride, key.stride, value.stride)
    var first: UInt64 = 0
    firstElements = (0..<shape.querySegments.count).map { index in
      defer {
        first += UInt64(
          shape.heads * shape.querySegments.length(index) * shape.keySegments.length(index))
      }
      return first
    }
  }

  var logSumCount: Int { max(shape.heads * shape.querySegments.tokenCount, 1) }

  func run(as label: Profile.Label, _ body: (AttentionPlace, fl_attention) -> Void) {
    let (heads, queries, keys) = (shape.heads, shape.querySegments, shape.keySegments)
    let work = max(1, queries.tokenCount * max(keys.longest, 1) * heads * shape.headDimension)
    let pieces = queries.count * heads
    let grain = max(1, min(pieces, 400_000 * pieces / work))
    Profile.measure(label) {
      Parallel.ranges(pieces, grain: grain) { range in
        for index in range {
          let (segment, head) = (index / heads, index % heads)
          let place = AttentionPlace(
            segment: segment, head: head, queries: queries[segment], keys: keys[segment])
          body(place, plan(place))
        }
      }
    }
  }

  private func plan(_ place: AttentionPlace) -> fl_attention {
    let (m, n) = (place.queries.count, place.keys.count)
    return fl_attention(
      queries: Int64(m), keys: Int64(n), head_dim: Int64(shape.headDimension),
      ldq: Int64(strides.query), ldk: Int64(strides.key), ldv: Int64(strides.value),
      ldo: Int64(shape.width), scale: 1 / Float(shape.headDimension).squareRoot(),
      causal: shape.isCausal, p: mask?.probability ?? 0, key: mask?.key ?? 0,
      stream: mask?.stream ?? 0,
      first: firstElements[place.segment] + UInt64(place.head * m * n))
  }

  func rows(
    _ columns: StateColumns, _ rows: Range<Int>, _ head: Int
  ) -> UnsafeMutablePointer<Float> {
    columns.pointer + rows.lowerBound * columns.stride + head * shape.headDimension
  }

  func output(_ tensor: Tensor, _ place: AttentionPlace) -> UnsafeMutablePointer<Float> {
    tensor.pointer + place.queries.lowerBound * shape.width + place.head * shape.headDimension
  }

  func logSum(_ place: AttentionPlace) -> Int {
    place.head * shape.querySegments.tokenCount + place.queries.lowerBound
  }
}

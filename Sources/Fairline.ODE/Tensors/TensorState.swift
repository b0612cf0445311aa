public import FairlineTensor

/// A tensor as the state of a solve, with or without sequences as parts.
public struct TensorState: SequenceState, ContiguousState, Sendable {
  /// The type of an element.
  public typealias Scalar = Float

  private enum Memory {
    /// A tensor that came from elsewhere and is read only.
    case tensor(Tensor)
    /// Memory of the solver's own.
    case block(TensorBlock)
  }

  private var memory: Memory
  /// The lengths of the axes.
  public private(set) var shape: Shape
  /// The rows of each sequence along the first axis; nil where the tensor is one part.
  public private(set) var segments: Segments?

  /// Makes a state of a tensor, without copying it.
  ///
  /// - Parameters:
  ///   - tensor: `[token, channel]` with segments, any shape without.
  ///   - segments: the rows of each sequence, when sequences are to be measured or stepped apart.
  public init(_ tensor: Tensor, segments: Segments? = nil) {
    precondition(
      segments.map { $0.tokenCount == tensor.shape[0] } ?? true,
      "the segments do not cover the rows of a tensor of shape \(tensor.shape)")
    memory = .tensor(tensor.detached)
    shape = tensor.shape
    self.segments = segments
  }

  private init(_ block: TensorBlock, shape: Shape, segments: Segments?) {
    memory = .block(block)
    self.shape = shape
    self.segments = segments
  }

  /// The state as a tensor, without copying it.
  public var tensor: Tensor {
    switch memory {
    case .tensor(let tensor): tensor
    case .block(let block): block.view(shape)
    }
  }

  /// Whether another state has the same axes and sequences.
  public func hasShape(of other: TensorState) -> Bool {
    shape == other.shape && partCount == other.partCount
  }

  /// The number of elements.
  public var count: Int { shape.count }

  /// The number of sequences; 1 without segments.
  public var partCount: Int { segments?.count ?? 1 }

  /// Elements in a row of the first axis.
  private var rowWidth: Int { shape[0] == 0 ? 0 : count / shape[0] }

  /// The elements of sequence `part`.
  public func elements(ofPart part: Int) -> Range<Int> {
    guard let rows = segments?[part] else { return 0..<count }
    return rows.lowerBound * rowWidth..<rows.upperBound * rowWidth
  }

  /// A state of the same shape, with all elements zero.
  public func zeros() -> TensorState {
    TensorState(TensorBlock(shape: shape, isZero: true), shape: shape, segments: segments)
  }

  /// Calls `body` with the elements.
  public func withElements<Result>(
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    switch memory {
    case .tensor(let tensor): return try tensor.withScalars(body)
    case .block(let block):
      return try withExtendedLifetime(block) {
        try body(UnsafeBufferPointer(start: block.pointer, count: count))
      }
    }
  }

  /// Calls `body` with the elements, to be changed; they are copied first if anybody else sees
  /// them.
  public mutating func withMutableElements<Result>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    let block = uniqueBlock(keepsElements: true)
    return try withExtendedLifetime(block) {
      try body(UnsafeMutableBufferPointer(start: block.pointer, count: count))
    }
  }

  /// Memory that nobody else sees.
  private mutating func uniqueBlock(keepsElements: Bool) -> TensorBlock {
    if case .block(var block) = memory {
      memory = .tensor(Self.none)
      let isUnique = isKnownUniquelyReferenced(&block)
      memory = .block(block)
      if isUnique { return block }
    }
    let fresh = TensorBlock(shape: shape, isZero: false)
    if keepsElements {
      withElements { source in
        if let start = source.baseAddress { fresh.pointer.update(from: start, count: count) }
      }
    }
    memory = .block(fresh)
    return fresh
  }

  private static let none = Tensor([0])

  /// Replaces the elements by a linear combination, in one pass over memory and on all threads.
  ///
  /// A large combination at which the field is evaluated is computed by whoever reads it first:
  /// often a product, while it multiplies.
  public mutating func assign(_ sum: LinearSum<TensorState>) {
    let block = uniqueBlock(keepsElements: false)
    if sum.purpose != .value, sum.scale.count == 1, count >= Parallel.grain {
      let used = sum.picks.indices.filter { sum.weights[$0] != 0 }
      return block.assign(
        base: sum.base?.tensor, terms: used.map { sum.terms[sum.picks[$0]].tensor },
        factors: used.map { Float(sum.weights[$0]) * Float(sum.scale[0]) })
    }
    let target = block.pointerToOverwrite
    let ranges = sum.scale.count == 1 ? [0..<count] : (0..<partCount).map(elements(ofPart:))
    sum.withSources { base, terms, weights, termCount in
      for (part, range) in ranges.enumerated() {
        Parallel.ranges(range.count, grain: Parallel.evenGrain(range.count)) { piece in
          SolverKernels.combine(
            target, base: base, terms: terms, weights: weights, termCount: termCount,
            scale: sum.scale[part],
            range: range.lowerBound + piece.lowerBound..<range.lowerBound + piece.upperBound)
        }
      }
    }
  }

  /// Appends one measure for each part; large parts are measured on all threads, in pieces that do
  /// not depend on their number.
  public func measure(
    _ sum: LinearSum<TensorState>, second: TensorState, tolerance: Tolerance<TensorState>,
    into measures: inout [Measure]
  ) {
    guard tolerance.isScalar else {
      return measureByElement(sum, second: second, tolerance: tolerance, into: &measures)
    }
    for part in 0..<partCount {
      let range = elements(ofPart: part)
      let scale = sum.scale[sum.scale.count == 1 ? 0 : part]
      measures.append(
        measure(sum, range: range, scale: scale, second: second, tolerance: tolerance))
    }
  }

  private func measure(
    _ sum: LinearSum<TensorState>, range: Range<Int>, scale: Double, second: TensorState,
    tolerance: Tolerance<TensorState>
  ) -> Measure {
    let grain = Parallel.evenGrain(range.count)
    var pieces = Array(
      repeating: Measure(sumOfSquares: 0, maximum: 0, count: 0),
      count: (range.count + grain - 1) / grain)
    withElements { before in
      second.withElements { after in
        guard let before = before.baseAddress, let after = after.baseAddress else { return }
        sum.withSources { base, terms, weights, termCount in
          pieces.withUnsafeMutableBufferPointer { pieces in
            Parallel.ranges(range.count, grain: grain) { piece in
              let place =
                range.lowerBound + piece.lowerBound..<range.lowerBound + piece.upperBound
              let error = SolverKernels.error(
                base: base, terms: terms, weights: weights, termCount: termCount, scale: scale,
                before: before, after: after, relative: tolerance.relative,
                absolute: tolerance.absolute, range: place)
              pieces[piece.lowerBound / grain] = Measure(
                sumOfSquares: error.sumOfSquares, maximum: error.largest, count: piece.count,
                isFinite: error.isFinite)
            }
          }
        }
      }
    }
    return .together(pieces)
  }

  /// The given sequences only, in that order.
  public func selecting(_ sequences: [Int]) -> TensorState {
    let own = segments ?? Segments(lengths: [shape[0]])
    let chosen = Segments(lengths: sequences.map { own.length($0) })
    let shape = Shape([chosen.tokenCount] + self.shape.dimensions.dropFirst())
    var result = TensorState(
      TensorBlock(shape: shape, isZero: false), shape: shape,
      segments: segments == nil ? nil : chosen)
    result.replace(Array(sequences.indices), from: self, sequences)
    return result
  }

  /// Replaces sequence `places[i]` by sequence `sources[i]` of another batch.
  public mutating func replace(_ places: [Int], from other: TensorState, _ sources: [Int]) {
    let targets = places.map(elements(ofPart:))
    withMutableElements { target in
      other.withElements { source in
        for (range, index) in zip(targets, sources) {
          let from = other.elements(ofPart: index)
          guard let to = target.baseAddress, let start = source.baseAddress else { continue }
          (to + range.lowerBound).update(from: start + from.lowerBound, count: range.count)
        }
      }
    }
  }
}

/// What a solver needs of a state: linear combinations, an error measure, and little else.
///
/// Solvers, step control and gradients are written once over this protocol, so that they run alike
/// on `[Double]`, `[Float]`, tensors, tuples of states and packed batches. A state is a value;
/// solvers keep a few as workspace and write into them in place.
///
/// A state may have several *parts*: the members of a tuple, or the sequences of a batch. Errors
/// are measured part by part, and parts that are sequences may have times and steps of their own.
public protocol ODEState {
  /// The type of an element; some conventions round times to it.
  associatedtype Scalar: ODEScalar

  /// The number of elements.
  var count: Int { get }

  /// The number of parts whose errors are measured apart.
  var partCount: Int { get }

  /// Whether another state has the same number of elements in the same parts.
  func hasShape(of other: Self) -> Bool

  /// A state of the same shape, with all elements zero.
  func zeros() -> Self

  /// Replaces the elements by a linear combination, in one pass over memory.
  mutating func assign(_ sum: LinearSum<Self>)

  /// Adds `factor` times another state; `factor` has one number, or one for each part.
  mutating func add(_ other: Self, times factor: [Double])

  /// Appends one measure for each part: elements of `sum`, divided by the tolerated error of the
  /// elements.
  ///
  /// Element `i` is tolerated an error of `absolute + relative * max(|first_i|, |second_i|)`
  /// (Hairer, Nørsett & Wanner, "Solving Ordinary Differential Equations I", II.4, eq. 4.10).
  func measure(
    _ sum: LinearSum<Self>, second: Self, tolerance: Tolerance<Self>,
    into measures: inout [Measure])

  /// Replaces the elements by those of `sum`, each divided by its tolerated error: what a norm
  /// given by the user sees.
  mutating func assignScaled(
    _ sum: LinearSum<Self>, first: Self, second: Self, tolerance: Tolerance<Self>)

  /// Appends the inner product with another state, one number for each part.
  func appendDots(with other: Self, to products: inout [Double])

  /// Whether no element is infinite or not a number.
  var isFinite: Bool { get }
}

extension ODEState {
  /// One part: the whole state.
  public var partCount: Int { 1 }

  /// Whether another state has the same number of elements and of parts.
  public func hasShape(of other: Self) -> Bool {
    count == other.count && partCount == other.partCount
  }

  /// The inner product with another state.
  public func dot(_ other: Self) -> Double {
    var products: [Double] = []
    appendDots(with: other, to: &products)
    return products.reduce(0, +)
  }

  /// The element-wise sum with `factor` times another state.
  public func adding(_ other: Self, times factor: Double = 1) -> Self {
    var result = self
    result.add(other, times: [factor])
    return result
  }
}

/// A state that is a batch of sequences, each a part that can be taken out and put back.
public protocol SequenceState: ODEState {
  /// The given sequences only, in that order.
  func selecting(_ sequences: [Int]) -> Self

  /// Replaces sequence `places[i]` by sequence `sources[i]` of another batch.
  mutating func replace(_ places: [Int], from other: Self, _ sources: [Int])
}

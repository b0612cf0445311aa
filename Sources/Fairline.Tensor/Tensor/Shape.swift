/// The lengths of a tensor's axes, slowest first; at most six axes, kept inline.
public struct Shape: Equatable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The most axes a tensor may have.
  static let maximumRank = 6

  private var lengths: SIMD8<Int32>
  /// How many axes there are.
  public let rank: Int
  /// The product of all lengths.
  public let count: Int

  /// Makes a shape from axis lengths, slowest first.
  public init(_ lengths: [Int]) {
    precondition(
      lengths.count <= Self.maximumRank,
      "a tensor has at most \(Self.maximumRank) axes, not \(lengths.count)")
    var packed = SIMD8<Int32>(repeating: 1)
    var count = 1
    for (axis, length) in lengths.enumerated() {
      precondition(length >= 0, "axis \(axis) has the negative length \(length)")
      packed[axis] = Int32(length)
      count *= length
    }
    self.lengths = packed
    self.rank = lengths.count
    self.count = count
  }

  /// Makes a shape from a literal of axis lengths.
  public init(arrayLiteral elements: Int...) { self.init(elements) }

  /// The length of an axis; negative axes count from the last.
  public subscript(axis: Int) -> Int {
    Int(lengths[normalized(axis)])
  }

  /// The axis lengths as an array.
  public var dimensions: [Int] { (0..<rank).map { Int(lengths[$0]) } }

  /// The length of the last axis; 1 for a scalar.
  public var columns: Int { rank == 0 ? 1 : Int(lengths[rank - 1]) }

  /// The number of rows when all axes but the last are taken together.
  public var rows: Int { columns == 0 ? dimensions.dropLast().reduce(1, *) : count / columns }

  /// Text such as `[3, 4]`.
  public var description: String { "\(dimensions)" }

  func normalized(_ axis: Int) -> Int {
    let positive = axis < 0 ? axis + rank : axis
    precondition(
      positive >= 0 && positive < max(rank, 1), "axis \(axis) is outside a tensor of shape \(self)")
    return positive
  }

  /// Elements of one step along each axis in row-major order.
  var strides: [Int] {
    var result = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      result[axis] = result[axis + 1] * self[axis + 1]
    }
    return result
  }

  /// The shape that `a` and `b` have when each is repeated along its axes of length 1.
  static func broadcast(_ a: Shape, _ b: Shape) -> Shape {
    if a == b { return a }
    let rank = max(a.rank, b.rank)
    var lengths = [Int](repeating: 1, count: rank)
    for back in 1...max(rank, 1) where back <= rank {
      let left = back <= a.rank ? a[-back] : 1
      let right = back <= b.rank ? b[-back] : 1
      precondition(
        left == right || left == 1 || right == 1,
        "shapes \(a) and \(b) do not fit: axis \(-back) has lengths \(left) and \(right)")
      lengths[rank - back] = left == 1 ? right : left
    }
    return Shape(lengths)
  }
}

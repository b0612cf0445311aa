import CFairlineKernels
import Testing

/// The C kernels against plain loops in double precision, at every CPU level of this machine.
///
/// Levels that the machine lacks are named as skipped in `Machine/KernelTests+CPULevel.swift`.
@Suite(.serialized) struct KernelTests {
  /// The levels of this machine.
  static let levels = Array(0...fl_cpu_best_level())

  /// Runs `body` at each CPU level and restores the level in use.
  static func atEveryLevel(_ body: (String) throws -> Void) rethrows {
    let level = fl_cpu_level()
    defer { fl_cpu_use_level(level) }
    for level in 0...fl_cpu_best_level() {
      fl_cpu_use_level(level)
      try body(String(cString: fl_cpu_level_name(level)))
    }
  }

  /// Element counts around the ends of vectors and unrolled loops.
  static let counts = [0, 1, 2, 7, 15, 16, 17, 31, 33, 63, 64, 65, 100, 129, 1000, 4099]

  /// Rows and columns of small matrices.
  static let shapes = [
    (0, 5), (1, 1), (3, 2), (2, 15), (5, 16), (4, 17), (3, 33), (2, 63), (3, 64), (2, 65), (7, 130),
    (2, 1000), (1, 2055),
  ]

  static let operations: [fl_unary] = [
    FL_NEGATE, FL_EXP, FL_LOG, FL_SQRT, FL_SQUARE, FL_ABS, FL_RECIPROCAL, FL_SIN, FL_COS, FL_TANH,
    FL_SIGMOID, FL_RELU, FL_GELU, FL_GELU_TANH, FL_SWISH, FL_RELU_SQUARED, FL_IDENTITY,
  ]
}

/// Numbers that look random and are the same in each run.
func numbers(_ count: Int, in range: ClosedRange<Float> = -3...3, seed: UInt64 = 1) -> [Float] {
  var state = seed &* 0x9e37_79b9_7f4a_7c15
  return (0..<count).map { _ in
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    word ^= word >> 31
    let unit = Float(word >> 40) * 0x1p-24
    return range.lowerBound + (range.upperBound - range.lowerBound) * unit
  }
}

/// Calls `body` with the address of numbers, or nil where there are none.
func withPointer<Result>(
  to numbers: [Float]?, _ body: (UnsafePointer<Float>?) -> Result
) -> Result {
  numbers.map { $0.withUnsafeBufferPointer { body($0.baseAddress) } } ?? body(nil)
}

/// Runs a kernel that writes `count` floats, and checks that it leaves the floats after them alone.
func written(
  _ count: Int, from initial: [Float]? = nil, sourceLocation: SourceLocation = #_sourceLocation,
  by kernel: (UnsafeMutablePointer<Float>) -> Void
) -> [Float] {
  let guardValue: Float = -98765
  var buffer = initial ?? [Float](repeating: 0.75, count: count)
  buffer += [Float](repeating: guardValue, count: 20)
  buffer.withUnsafeMutableBufferPointer { buffer in
    if let start = buffer.baseAddress { kernel(start) }
  }
  #expect(
    buffer[count...].allSatisfy { $0 == guardValue }, "wrote past \(count) elements",
    sourceLocation: sourceLocation)
  return Array(buffer[..<count])
}

/// Expects each number within `tolerance * (1 + |expected|)`; NaN and infinities must agree.
func expectClose(
  _ found: [Float], _ expected: [Double], within tolerance: Double = 2e-6, _ what: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, "\(what)", sourceLocation: sourceLocation)
  var worst = 0.0
  var place = 0
  for (index, (x, y)) in zip(found, expected).enumerated() {
    let same = Double(x) == y || (x.isNaN && y.isNaN)
    let error = same ? 0 : abs(Double(x) - y) / (1 + abs(y))
    if !(error <= worst) {
      (worst, place) = (error.isFinite ? error : .infinity, index)
      if !error.isFinite { break }
    }
  }
  #expect(
    worst <= tolerance,
    """
    \(what): element \(place) is \(found.isEmpty ? 0 : found[place]), expected \
    \(expected.isEmpty ? 0 : expected[place])
    """,
    sourceLocation: sourceLocation)
}

extension [Float] {
  var doubles: [Double] { map(Double.init) }
}

import CFairlineKernels
import Testing

/// A hash of every bit of some numbers; all NaNs are one.
struct BitHash {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(bits: UInt64) {
    value = (value ^ bits) &* 0x9e37_79b9_7f4a_7c15
    value ^= value >> 29
  }

  mutating func add(_ numbers: [Float]) {
    for x in numbers { add(bits: UInt64(x.isNaN ? 0x7fc0_0000 : x.bitPattern)) }
  }

  mutating func add(_ number: Double) { add(bits: number.bitPattern) }

  mutating func add(_ integers: [some FixedWidthInteger]) {
    for x in integers { add(bits: UInt64(truncatingIfNeeded: x)) }
  }

  /// Adds what a kernel makes of `count` fixed numbers.
  mutating func add(
    _ count: Int, seed: UInt64 = 9, in range: ClosedRange<Float> = -3...3,
    by kernel: (UnsafeMutablePointer<Float>) -> Void
  ) {
    add(written(count, from: numbers(count, in: range, seed: seed), by: kernel))
  }
}

/// What kernels compute from fixed numbers in many shapes.
enum KernelBits {
  typealias Case = (name: String, run: (inout BitHash) -> Void)

  static let counts = [1, 7, 16, 33, 64, 100, 131, 1000, 4099]
  static let shapes = [(1, 1), (3, 15), (5, 16), (4, 33), (2, 64), (7, 130), (2, 1000)]

  static var all: [Case] {
    elements + reductions + random + layers + steps + products + integers + attention + search
  }

  static func hash(of name: String) -> UInt64 {
    var hash = BitHash()
    for entry in all where entry.name == name { entry.run(&hash) }
    return hash.value
  }

  /// A case that runs for each count of elements.
  static func each(
    _ name: String, _ body: @escaping (inout BitHash, Int, Int64) -> Void
  ) -> Case {
    (name, { hash in for count in counts { body(&hash, count, Int64(count)) } })
  }

  /// A case that runs for each shape of a matrix.
  static func eachMatrix(
    _ name: String, _ body: @escaping (inout BitHash, Int, Int) -> Void
  ) -> Case {
    (name, { hash in for (rows, columns) in shapes { body(&hash, rows, columns) } })
  }
}

/// Choices that the bytes of an input make, one after another; 0 after the last byte.
struct Choices {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: some Collection<UInt8>) { self.bytes = Array(bytes)[...] }

  /// A byte.
  mutating func byte() -> Int { Int(bytes.popFirst() ?? 0) }

  /// Yes or no.
  mutating func flag() -> Bool { byte() % 2 == 1 }

  /// One of several.
  mutating func one<Value>(of values: [Value]) -> Value { values[byte() % values.count] }

  /// A number of the hostile ones, or any other.
  mutating func number() -> Double {
    let choice = byte()
    guard choice >= 200 else { return Self.numbers[choice % Self.numbers.count] }
    return Double(bitPattern: word())
  }

  /// A whole number of the hostile ones, or any other.
  mutating func integer() -> Int {
    let choice = byte()
    guard choice >= 200 else { return Self.integers[choice % Self.integers.count] }
    return Int(bitPattern: UInt(word()))
  }

  private mutating func word() -> UInt64 {
    (0..<8).reduce(0) { all, _ in all << 8 | UInt64(byte()) }
  }

  private static let numbers: [Double] = [
    0, 1, 0.5, 0.1, 2, 10, 1e-3, 1e-6, 1e-9, 1e-300,
    0x1p-1074, 1e300, 1e17, -1, -0.0, -1e-3,
    -1e300,
    .nan, .infinity, -.infinity, .greatestFiniteMagnitude, .ulpOfOne, 100, 3,
  ]
  private static let integers = [
    1, 0, 2, 3, 7, 100, 1000, -1, -5, 1 << 31, (1 << 31) - 1, 1 << 32, 1_000_000_000, .max, .min,
    .max - 1, 1 << 62,
  ]
}

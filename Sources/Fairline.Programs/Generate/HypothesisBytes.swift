import Fairline
import FairlineGeneration

/// What was found for some sentences as bytes, to the last bit: how ranks hand it to the first.
struct HypothesisBytes {
  private(set) var bytes: [UInt8] = []
  private var place = 0

  /// Begins to write.
  init() {}

  /// Begins to read.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Whether there is more to read.
  var hasMore: Bool { place < bytes.count }

  /// Writes what was found for the sentences of a batch.
  mutating func put(_ found: [[Hypothesis]]) {
    put(found.count)
    for hypotheses in found {
      put(hypotheses.count)
      for hypothesis in hypotheses {
        put(hypothesis.isBrokenOff ? 1 : 0)
        put(numbers: [hypothesis.score])
        put(numbers: hypothesis.tokens)
        put(numbers: hypothesis.positionalScores)
        put(hypothesis.attention.map { $0.count + 1 } ?? 0)
        for row in hypothesis.attention ?? [] { put(numbers: row) }
      }
    }
  }

  /// Reads what was found for the sentences of a batch.
  ///
  /// - Throws: `UserError` for bytes that end too early.
  mutating func take() throws -> [[Hypothesis]] {
    try (0..<count()).map { _ in
      try (0..<count()).map { _ in
        let isBrokenOff = try count() != 0
        let score: [Float] = try numbers()
        var hypothesis = Hypothesis(
          tokens: try numbers(), score: score[0], positionalScores: try numbers())
        hypothesis.isBrokenOff = isBrokenOff
        let rows = try count()
        if rows > 0 { hypothesis.attention = try (1..<rows).map { _ in try numbers() } }
        return hypothesis
      }
    }
  }

  private mutating func put(_ count: Int) {
    withUnsafeBytes(of: Int32(count).littleEndian) { bytes += $0 }
  }

  private mutating func put<Number: BitwiseCopyable>(numbers: [Number]) {
    put(numbers.count)
    numbers.withUnsafeBytes { bytes += $0 }
  }

  private mutating func count() throws -> Int {
    let number = try read(4) { Int(Int32(littleEndian: $0.loadUnaligned(as: Int32.self))) }
    guard number >= 0 else { throw Self.damage }
    return number
  }

  /// Numbers of 32 bits.
  private mutating func numbers<Number: BitwiseCopyable>() throws -> [Number] {
    let count = try count()
    return try read(4 * count) { source in
      [Number](unsafeUninitializedCapacity: count) { room, filled in
        UnsafeMutableRawBufferPointer(room).copyMemory(from: source)
        filled = count
      }
    }
  }

  private mutating func read<Result>(
    _ count: Int, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws -> Result {
    guard count <= bytes.count - place else { throw Self.damage }
    defer { place += count }
    return bytes[place..<(place + count)].withUnsafeBytes(body)
  }

  private static let damage = UserError("what a rank has sent is not whole: start the job again")
}

import FairlineTensor

/// Sends numbers rounded to bfloat16, which is half the bytes.
///
/// They have the range of 32 bit floats and 8 bits of a number. What is added up is rounded once,
/// sums stay in 32 bits.
final class HalfExchange {
  typealias Floats = UnsafeMutableBufferPointer<Float>

  private let messenger: Messenger
  private var sent: [UInt16] = []
  private var received: [UInt16] = []
  private var changes = Tensor.zeros([0])

  init(_ messenger: Messenger) { self.messenger = messenger }

  /// Sends and receives numbers.
  func exchange(
    sending outgoing: [(peer: Int, numbers: Floats)],
    receiving incoming: [(peer: Int, numbers: Floats)]
  ) throws {
    Self.grow(&sent, to: outgoing.reduce(0) { $0 + $1.numbers.count })
    Self.grow(&received, to: incoming.reduce(0) { $0 + $1.numbers.count })
    try sent.withUnsafeMutableBufferPointer { sent in
      try received.withUnsafeMutableBufferPointer { received in
        let leaving = Self.parts(of: sent, outgoing.map(\.numbers.count))
        let coming = Self.parts(of: received, incoming.map(\.numbers.count))
        for ((_, numbers), halves) in zip(outgoing, leaving) {
          BrainFloat.round(numbers, to: halves)
        }
        try messenger.exchange(
          sending: zip(outgoing, leaving).map { ($0.peer, UnsafeRawBufferPointer($1)) },
          receiving: zip(incoming, coming).map { ($0.peer, UnsafeMutableRawBufferPointer($1)) })
        for ((_, numbers), halves) in zip(incoming, coming) {
          BrainFloat.widen(halves, to: numbers)
        }
      }
    }
  }

  /// Gives all ranks each rank's slice of some numbers, rounded; the own one is rounded too.
  func replace(_ numbers: Floats, _ slices: [Range<Int>], own: Int) throws {
    let mine = Floats(rebasing: numbers[slices[own]])
    BrainFloat.round(mine)
    try exchange(
      sending: messenger.peers.map { ($0, mine) },
      receiving: messenger.peers.map { ($0, Floats(rebasing: numbers[slices[$0]])) })
  }

  /// Gives all ranks what has changed in each rank's slice, rounded; the own change is rounded too.
  ///
  /// - Parameter before: this rank's slice before it changed.
  func add(
    changesSince before: Tensor, to numbers: Floats, _ slices: [Range<Int>], own: Int
  ) throws {
    if changes.count < numbers.count { changes = Tensor(uninitialized: [numbers.count]) }
    try changes.withMutableScalars { all in
      func part(_ buffer: Floats, _ rank: Int) -> Floats { Floats(rebasing: buffer[slices[rank]]) }
      let (mine, change) = (part(numbers, own), part(all, own))
      before.withMutableScalars { before in
        Floats.forEach(before.count) {
          change[$0] = mine[$0] - before[$0]
          mine[$0] = before[$0]
        }
      }
      BrainFloat.round(change)
      try exchange(
        sending: messenger.peers.map { ($0, change) },
        receiving: messenger.peers.map { ($0, part(all, $0)) })
      for rank in slices.indices {
        ParameterUpdates.add(part(all, rank), to: part(numbers, rank))
      }
    }
  }

  private static func grow(_ room: inout [UInt16], to count: Int) {
    if room.count < count { room = [UInt16](repeating: 0, count: count) }
  }

  /// Neighbouring parts of some memory.
  private static func parts(
    of memory: UnsafeMutableBufferPointer<UInt16>, _ counts: [Int]
  ) -> [UnsafeMutableBufferPointer<UInt16>] {
    var first = 0
    return counts.map { count in
      defer { first += count }
      return UnsafeMutableBufferPointer(rebasing: memory[first..<(first + count)])
    }
  }
}

/// Numbers of 16 bits with the exponents of 32 bit floats (bfloat16).
enum BrainFloat {
  typealias Floats = UnsafeMutableBufferPointer<Float>
  typealias Halves = UnsafeMutableBufferPointer<UInt16>

  /// Rounds to the nearest, of two equally near ones to the even one; what is not a number stays
  /// so.
  static func rounding(_ number: Float) -> UInt16 {
    let bits = number.bitPattern
    if number.isNaN { return UInt16(truncatingIfNeeded: bits >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
  }

  static func float(_ half: UInt16) -> Float { Float(bitPattern: UInt32(half) << 16) }

  /// Rounds numbers in place.
  static func round(_ numbers: Floats) {
    Floats.forEach(numbers.count) { numbers[$0] = float(rounding(numbers[$0])) }
  }

  /// Rounds numbers. `[element]`
  static func round(_ numbers: Floats, to halves: Halves) {
    Floats.forEach(numbers.count) { halves[$0] = rounding(numbers[$0]) }
  }

  /// Makes floats of halves. `[element]`
  static func widen(_ halves: Halves, to numbers: Floats) {
    Floats.forEach(numbers.count) { numbers[$0] = float(halves[$0]) }
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// Calls the body for each place, on all threads.
  @inline(__always)
  fileprivate static func forEach(_ count: Int, _ body: (Int) -> Void) {
    Parallel.ranges(count) { range in
      for place in range { body(place) }
    }
  }
}

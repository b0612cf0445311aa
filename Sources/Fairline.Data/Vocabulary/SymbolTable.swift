/// Symbols, numbered from 0 in order of arrival and found by their bytes.
///
/// Bytes, not `String`s: string equality is canonical equivalence, which would merge a composed
/// and a decomposed é that are two symbols of a dictionary.
struct SymbolTable: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = [0]
  private var hashes: [UInt32] = []
  /// Open addressing: the number of a symbol, or -1; a power of two, at most half full.
  private var slots = [Int32](repeating: -1, count: 64)

  var count: Int { hashes.count }

  /// The bytes of a symbol.
  func withBytes<Value>(of id: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
    bytes.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[ends[id]..<ends[id + 1]]))
    }
  }

  /// The number of a symbol; the latest one, when it was added more than once.
  func find(_ symbol: UnsafeBufferPointer<UInt8>) -> Int? {
    let id = slots[slot(of: symbol, hash: Self.hash(symbol))]
    return id < 0 ? nil : Int(id)
  }

  /// The number of a symbol, which is added when it is new.
  mutating func findOrAdd(_ symbol: UnsafeBufferPointer<UInt8>) -> Int {
    let hash = Self.hash(symbol)
    let place = slot(of: symbol, hash: hash)
    return slots[place] < 0 ? add(symbol, hash: hash, at: place) : Int(slots[place])
  }

  /// Adds a symbol under a new number, by which it is found from now on.
  mutating func add(_ symbol: UnsafeBufferPointer<UInt8>) -> Int {
    let hash = Self.hash(symbol)
    return add(symbol, hash: hash, at: slot(of: symbol, hash: hash))
  }

  private mutating func add(
    _ symbol: UnsafeBufferPointer<UInt8>, hash: UInt32, at place: Int
  ) -> Int {
    let id = count
    slots[place] = Int32(id)
    bytes.append(contentsOf: symbol)
    ends.append(bytes.count)
    hashes.append(hash)
    if count * 2 > slots.count { grow() }
    return id
  }

  private mutating func grow() {
    let latest = slots.filter { $0 >= 0 }
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for id in latest {
      var place = Int(hashes[Int(id)]) & (slots.count - 1)
      while slots[place] >= 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = id
    }
  }

  @inline(__always)
  private func slot(of symbol: UnsafeBufferPointer<UInt8>, hash: UInt32) -> Int {
    bytes.withUnsafeBufferPointer { stored in
      var place = Int(hash) & (slots.count - 1)
      while slots[place] >= 0 {
        let id = Int(slots[place])
        if hashes[id] == hash, ends[id + 1] - ends[id] == symbol.count,
          stored[ends[id]..<ends[id + 1]].elementsEqual(symbol)
        {
          break
        }
        place = (place + 1) & (slots.count - 1)
      }
      return place
    }
  }

  /// Multiply-and-fold over eight bytes at a time.
  private static func hash(_ symbol: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let raw = UnsafeRawBufferPointer(symbol)
    var state = 0x9E37_79B9_7F4A_7C15 ^ UInt64(raw.count)
    var index = 0
    while index + 8 <= raw.count {
      state = mixed(state ^ raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    var rest: UInt64 = 0
    while index < raw.count {
      rest = rest << 8 | UInt64(raw[index])
      index += 1
    }
    state = mixed(state ^ rest)
    return UInt32(truncatingIfNeeded: state ^ state >> 32)
  }

  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
  }
}

/// Symbols and their ids: fairseq's dictionary, in the same order and file format.
///
/// The ids 0 to 3 are `<s>`, `<pad>`, `</s>` and `<unk>`; ordinary symbols follow. Symbols are
/// told apart by their UTF-8 bytes, so composed and decomposed letters stay two symbols.
public struct Vocabulary: Sendable {
  /// The id of the symbol that begins a sentence, `<s>`.
  public static let bos: Int32 = 0
  /// The id of padding, `<pad>`.
  public static let pad: Int32 = 1
  /// The id of the symbol that ends a sentence, `</s>`.
  public static let eos: Int32 = 2
  /// The id that stands for every unknown symbol, `<unk>`.
  public static let unk: Int32 = 3
  /// The text of the unknown symbol.
  package static let unkSymbol = "<unk>"

  /// How many symbols at the front are special: never sorted, never written to a file.
  package let specialCount: Int
  var table = SymbolTable()
  var counts: [Int] = []
  /// Ids whose lines carry the overwrite flag in a file.
  var overwriting: Set<Int32> = []

  /// Creates a vocabulary of the special symbols only.
  public init(extraSpecials: [String] = []) {
    specialCount = 4 + extraSpecials.count
    for symbol in ["<s>", "<pad>", "</s>", Self.unkSymbol] + extraSpecials { add(symbol) }
    precondition(count == specialCount, "extra special symbols must differ from each other")
  }

  /// The number of ids, special symbols included.
  public var count: Int { table.count }

  /// The text of an id; an id outside the vocabulary reads `<unk>`.
  public func symbol(_ id: Int32) -> String {
    guard id >= 0, id < count else { return Self.unkSymbol }
    return table.withBytes(of: Int(id)) { String(decoding: $0, as: UTF8.self) }
  }

  /// The id of a symbol; `unk` when it is not known.
  public func id(of symbol: String) -> Int32 {
    var symbol = symbol
    return symbol.withUTF8 { id(of: $0) }
  }

  /// Whether a symbol has an id of its own.
  public func contains(_ symbol: String) -> Bool {
    var symbol = symbol
    return symbol.withUTF8 { table.find($0) != nil }
  }

  /// Adds occurrences of a symbol, which gets a new id when it has none.
  ///
  /// - Parameter overwrite: gives a new id even to a known symbol; lookups then find the new one.
  /// - Returns: the symbol's id.
  @discardableResult
  public mutating func add(_ symbol: String, count: Int = 1, overwrite: Bool = false) -> Int32 {
    var symbol = symbol
    return symbol.withUTF8 { add($0, count: count, overwrite: overwrite) }
  }

  @inline(__always)
  func id(of symbol: UnsafeBufferPointer<UInt8>) -> Int32 {
    table.find(symbol).map { Int32($0) } ?? Self.unk
  }

  @discardableResult
  mutating func add(
    _ symbol: UnsafeBufferPointer<UInt8>, count: Int, overwrite: Bool = false
  ) -> Int32 {
    let id = overwrite ? table.add(symbol) : table.findOrAdd(symbol)
    if id == counts.count {
      counts.append(count)
    } else {
      counts[id] += count
    }
    if overwrite { overwriting.insert(Int32(id)) }
    return Int32(id)
  }

  /// A stable hash of the symbols in order, 16 hexadecimal digits.
  ///
  /// Data and models record it, so that a mismatched dictionary is an error and not garbage. It is
  /// FNV-1a and not the `XXH64` of all other checksums, because checkpoints and data folders of
  /// earlier versions carry it.
  public var fingerprint: String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a, 64 bits
    for id in 0..<count {
      table.withBytes(of: id) { symbol in
        for byte in symbol { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      }
      hash = (hash ^ 0xFF) &* 0x100_0000_01B3  // no byte of UTF-8
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Vocabulary: Equatable {
  /// Whether both give every symbol the same id.
  public static func == (left: Vocabulary, right: Vocabulary) -> Bool {
    guard left.count == right.count else { return false }
    return (0..<left.count).allSatisfy { id in
      left.table.withBytes(of: id) { symbol in
        right.table.withBytes(of: id) { $0.elementsEqual(symbol) }
      }
    }
  }
}

import Fairline
import FairlineData
import FairlineFoundation

/// Marian's binary shortlist (`lex.s2t.bin`): a header of six whole numbers, for each source symbol
/// where its list begins, and the lists.
///
/// Symbols have the numbers of Marian's vocabulary: the end is 0, the unknown symbol 1.
struct MarianShortlistFile {
  private static let mark: UInt64 = 0xF11A_48D5_0134_17F5
  private static let headerSize = 48

  private let path: String
  private let bytes: [UInt8]
  /// How many of the first target symbols are allowed in every sentence.
  private let frequent: Int
  private let offsetCount: Int
  private let symbolCount: Int

  /// Whether a file begins as these do.
  static func begins(_ bytes: [UInt8]) -> Bool {
    bytes.elementsEqual(withUnsafeBytes(of: mark.littleEndian) { Array($0) })
  }

  /// Reads a file and compares its checksum.
  ///
  /// - Throws: `UserError` when it is damaged.
  init(_ file: MappedFile) throws {
    path = file.path
    let source = file.decompressor()
    var bytes: [UInt8] = []
    while bytes.count < Self.headerSize {
      let more = try source.next()
      guard !more.isEmpty else { throw Self.damaged(path, "it ends too early") }
      bytes += more
    }
    let numbers = (0..<6).map { Self.word(bytes, $0) }
    // Lists hold symbols of four bytes, so that no file has more.
    guard let offsets = Int(exactly: numbers[4]), let symbols = Int(exactly: numbers[5]),
      offsets >= 1, offsets <= Int(Int32.max), symbols <= Int(Int32.max)
    else {
      throw Self.damaged(path, "it says that it has \(numbers[4]) and \(numbers[5]) numbers")
    }
    let size = Self.headerSize + 8 * offsets + 4 * symbols
    while bytes.count <= size {
      let more = try source.next()
      if more.isEmpty { break }
      bytes += more
    }
    guard bytes.count == size else {
      throw Self.damaged(path, "it \(bytes.count < size ? "ends too early" : "is too long")")
    }
    // The last four bytes have no part where they are half a word.
    var checksum: UInt64 = 0
    for place in 2..<(size / 8) {
      checksum ^=
        Self.word(bytes, place) &+ 0x9E37_79B9 &+ (checksum << 6) &+ (checksum >> 2)
    }
    guard checksum == numbers[1] else { throw Self.damaged(path, "its checksum differs") }
    (self.bytes, offsetCount, symbolCount) = (bytes, offsets, symbols)
    frequent = Int(clamping: min(numbers[2], UInt64(Int32.max)))
  }

  private static func word(_ bytes: [UInt8], _ place: Int) -> UInt64 {
    bytes.withUnsafeBytes {
      UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8 * place, as: UInt64.self))
    }
  }

  private static func damaged(_ path: String, _ reason: String) -> UserError {
    UserError("\(path) is a damaged shortlist of Marian's, \(reason): use another copy")
  }

  /// The lists in Fairline's numbers.
  ///
  /// - Throws: `UserError` when they are not of the task's vocabularies, or damaged.
  func shortlist(for task: any GenerationTask) throws -> Shortlist {
    let text = task.text
    let (sources, targets) = (text.source.count, text.target.count)
    // `<s>` and padding have no numbers in Marian.
    guard offsetCount - 1 <= sources - 2 else {
      throw UserError(
        "\(path) was made for a vocabulary of \(offsetCount - 1) symbols, and the model's has "
          + "\(sources - 2): use the shortlist that belongs to the model")
    }
    let offsets = try self.offsets()
    var lists = [[Int32]](repeating: [], count: sources)
    for number in 0..<(offsetCount - 1) {
      lists[number + 2] = try (offsets[number]..<offsets[number + 1]).map { place in
        let symbol = self.symbol(place)
        guard symbol < UInt32(targets - 2) else {
          throw UserError(
            "\(path) has the target symbol \(symbol), and the model's vocabulary has "
              + "\(targets - 2): use the shortlist that belongs to the model")
        }
        return Int32(symbol) + 2
      }
    }
    return Shortlist(
      lists: lists, frequent: Shortlist.first(frequent, of: targets), targetSymbols: targets,
      identity: task.identity, adding: Shortlist.additions(frequent: frequent, text))
  }

  /// Where lists begin, and at the end the number of all symbols.
  private func offsets() throws -> [Int] {
    var offsets: [Int] = []
    offsets.reserveCapacity(offsetCount)
    for place in 0..<offsetCount {
      let word = Self.word(bytes, Self.headerSize / 8 + place)
      guard let offset = Int(exactly: word), offset >= offsets.last ?? 0, offset <= symbolCount
      else { throw Self.damaged(path, "a list begins at \(word)") }
      offsets.append(offset)
    }
    guard offsets.first == 0, offsets.last == symbolCount else {
      throw Self.damaged(path, "its lists leave symbols out")
    }
    return offsets
  }

  private func symbol(_ place: Int) -> UInt32 {
    bytes.withUnsafeBytes {
      UInt32(
        littleEndian: $0.loadUnaligned(
          fromByteOffset: Self.headerSize + 8 * offsetCount + 4 * place, as: UInt32.self))
    }
  }
}

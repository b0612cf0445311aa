/// What a model file says about the way text is divided.
///
/// Reads the few fields that are needed straight from the protocol-buffer encoding.
struct ModelTraits {
  /// Whether a line's pieces are those of its words, one word after the other.
  ///
  /// True for byte-pair models with a standard normalisation and no piece across a word boundary:
  /// merges inside one word do not see the others. (A unigram model adds scores along the whole
  /// line, and rounding could decide a tie.)
  private(set) var dividesWordByWord = false
  /// Whether the unknown characters of a run are pieces of their own that are joined to one, and a
  /// line begins with a space that is U+2581.
  private(set) var joinsUnknownCharacters = false
  /// The compiled rules of normalization.
  private(set) var rules: ArraySlice<UInt8> = []
  /// How pieces were learnt: 1 for unigram, 2 for byte pairs, 3 for words, 4 for characters.
  private(set) var kind: UInt64 = 1
  private let serialized: [UInt8]

  private static let standardNormalizations = [
    "nmt_nfkc", "nmt_nfkc_cf", "nfkc", "nfkc_cf", "identity",
  ]
  private static let space = Array("\u{2581}".utf8)

  init(serialized: [UInt8]) {
    self.serialized = serialized
    var kind: UInt64 = 1  // unigram, when the field is absent
    var fallsBackToBytes = false
    var rules: ArraySlice<UInt8> = []
    var normalization: [UInt8] = []
    var flagsAreStandard = true
    var piecesStayInWords = true
    Self.forEachField(of: serialized[...]) { number, _, bytes in
      switch number {
      case 1:
        Self.forEachField(of: bytes) { field, _, piece in
          if field == 1 { piecesStayInWords = piecesStayInWords && Self.staysInWord(piece) }
        }
      case 2:
        Self.forEachField(of: bytes) { field, value, _ in
          if field == 3 { kind = value }
          if field == 24 { flagsAreStandard = flagsAreStandard && value == 0 }  // suffix spaces
          if field == 35 { fallsBackToBytes = value != 0 }
        }
      case 3:
        Self.forEachField(of: bytes) { field, value, text in
          if field == 1 { normalization = Array(text) }
          if field == 2 { rules = text }
          // A space before the text, no double spaces, spaces become U+2581.
          if 3...5 ~= field { flagsAreStandard = flagsAreStandard && value == 1 }
        }
      default: break
      }
    }
    let isStandard = Self.standardNormalizations.contains(
      String(decoding: normalization, as: UTF8.self))
    dividesWordByWord = kind == 2 && isStandard && flagsAreStandard && piecesStayInWords
    self.kind = kind
    // Unigram, byte pairs, characters; the other kind takes words whole.
    joinsUnknownCharacters = [1, 2, 4].contains(kind) && flagsAreStandard && !fallsBackToBytes
    self.rules = rules
  }

  /// Whether no text can lead out of the rules of normalization, or of what undoes it.
  var hasSoundRules: Bool {
    var areSound = true
    Self.forEachField(of: serialized[...]) { number, _, bytes in
      guard number == 3 || number == 5 else { return }
      Self.forEachField(of: bytes) { field, _, rules in
        if field == 2 { areSound = areSound && NormalizationRules.areSound(rules) }
      }
    }
    return areSound
  }

  /// Calls `body` with the text of each piece.
  func forEachPiece(_ body: (ArraySlice<UInt8>) -> Void) {
    Self.forEachField(of: serialized[...]) { number, _, bytes in
      guard number == 1 else { return }
      Self.forEachField(of: bytes) { field, _, piece in if field == 1 { body(piece) } }
    }
  }

  /// Calls `body` with each piece that stands for its own text, and its score.
  func forEachOrdinaryPiece(_ body: (ArraySlice<UInt8>, Float) -> Void) {
    Self.forEachField(of: serialized[...]) { number, _, bytes in
      guard number == 1 else { return }
      var (text, score, isOrdinary): (ArraySlice<UInt8>, Float, Bool) = ([], 0, true)
      Self.forEachField(of: bytes) { field, value, piece in
        if field == 1 { text = piece }
        if field == 2 { score = Float(bitPattern: UInt32(truncatingIfNeeded: value)) }
        if field == 3 { isOrdinary = value == 1 }
      }
      if isOrdinary, !text.isEmpty, score.isFinite { body(text, score) }
    }
  }

  /// Whether U+2581 stands at the front of a piece only, and no space in it.
  static func staysInWord(_ piece: ArraySlice<UInt8>) -> Bool {
    let rest = piece.starts(with: space) ? piece.dropFirst(space.count) : piece
    return !rest.contains(0x20) && !rest.indices.contains { rest[$0...].starts(with: space) }
  }

  /// Calls `body` with each field's number, its integer or the bits of its
  /// number of 32 bits, and its bytes; stops at damage.
  private static func forEachField(
    of message: ArraySlice<UInt8>, _ body: (Int, UInt64, ArraySlice<UInt8>) -> Void
  ) {
    var rest = message
    while let key = integer(&rest) {
      let number = Int(truncatingIfNeeded: key >> 3)
      switch key & 7 {
      case 0:
        guard let value = integer(&rest) else { return }
        body(number, value, [])
      case 2:
        guard let count = integer(&rest), count <= UInt64(rest.count) else { return }
        body(number, 0, rest.prefix(Int(count)))
        rest = rest.dropFirst(Int(count))
      case 1: rest = rest.dropFirst(8)
      case 5:
        guard rest.count >= 4 else { return }
        body(number, rest.prefix(4).reversed().reduce(0) { $0 << 8 | UInt64($1) }, [])
        rest = rest.dropFirst(4)
      default: return
      }
    }
  }

  private static func integer(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = bytes.popFirst() else { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte & 0x80 == 0 { return value }
    }
    return nil
  }
}

/// The kinds of characters that Moses' rules tell apart.
struct MosesCharacters: Sendable {
  private let letterKinds: Kinds
  private let kinds: [Kinds]

  private struct Kinds: OptionSet, Sendable {
    let rawValue: UInt16
    static let letter = Kinds(rawValue: 1)
    static let digit = Kinds(rawValue: 2)
    static let number = Kinds(rawValue: 4)
    static let lowercase = Kinds(rawValue: 8)
    static let currency = Kinds(rawValue: 16)
    static let joiner = Kinds(rawValue: 32)
    static let hangul = Kinds(rawValue: 64)
    static let han = Kinds(rawValue: 128)
    static let kana = Kinds(rawValue: 256)
  }

  /// The kinds as a language has them.
  ///
  /// - Parameter dividing: whether text is divided, for which signs that join letters are letters,
  ///   and Han, kana and Hangul are letters of their languages.
  init(_ language: String, dividing: Bool) {
    kinds = Self.table
    var letters: Kinds = .letter
    if dividing {
      letters.insert(.joiner)
      if ["zh", "ja", "cjk"].contains(language) { letters.insert(.han) }
      if ["ja", "cjk"].contains(language) { letters.insert(.kana) }
      if ["ko", "cjk"].contains(language) { letters.insert(.hangul) }
    }
    letterKinds = letters
  }

  func isLetter(_ scalar: Unicode.Scalar) -> Bool { !letterKinds.isDisjoint(with: kinds(scalar)) }

  func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    !letterKinds.union(.digit).isDisjoint(with: kinds(scalar))
  }

  func isNumber(_ scalar: Unicode.Scalar) -> Bool { kinds(scalar).contains(.number) }
  func isLowercase(_ scalar: Unicode.Scalar) -> Bool { kinds(scalar).contains(.lowercase) }
  func isCurrency(_ scalar: Unicode.Scalar) -> Bool { kinds(scalar).contains(.currency) }

  private func kinds(_ scalar: Unicode.Scalar) -> Kinds {
    let place = Int(scalar.value)
    return place < kinds.count ? kinds[place] : []
  }

  /// The kinds of all characters up to the last that has any.
  private static let table: [Kinds] = {
    var table = [Kinds](repeating: [], count: 0x3_0000)
    for (kind, text) in [
      (Kinds.letter, MosesCharacterTables.letters), (.digit, MosesCharacterTables.digits),
      (.number, MosesCharacterTables.numbers), (.lowercase, MosesCharacterTables.lowercase),
      (.currency, MosesCharacterTables.currency), (.joiner, MosesCharacterTables.joiners),
      (.hangul, MosesCharacterTables.hangul), (.han, MosesCharacterTables.han),
      (.kana, MosesCharacterTables.hiragana), (.kana, MosesCharacterTables.katakana),
    ] {
      for (first, last, step) in ranges(of: text) {
        for place in stride(from: first, through: last, by: step) { table[place].insert(kind) }
      }
    }
    return table
  }()

  /// Reads ranges such as `41-5A 61 101-137/2`.
  private static func ranges(of text: String) -> [(first: Int, last: Int, step: Int)] {
    text.split { $0 == " " || $0 == "\n" }.map { item in
      let parts = item.split(separator: "/")
      let ends = parts[0].split(separator: "-").compactMap { Int($0, radix: 16) }
      return (ends[0], ends[ends.count - 1], parts.count == 2 ? 2 : 1)
    }
  }

  /// Whether a character belongs to a script of East Asia that has no spaces between words.
  static func isEastAsian(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x11FF, 0x2E80...0xA4CF, 0xA840...0xA87F, 0xAC00...0xD7AF, 0xF900...0xFAFF,
      0xFE30...0xFE4F, 0xFF65...0xFFDC, 0x1_7000...0x1_8AFF, 0x1_B000...0x1_B12F,
      0x1_B170...0x1_B2FF, 0x2_0000...0x2_FFFF:
      true
    default: false
    }
  }

  /// Whether Python counts a character as white space.
  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }
}

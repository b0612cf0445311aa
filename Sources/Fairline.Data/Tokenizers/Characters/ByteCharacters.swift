/// A character for each byte: the byte's own where it can be printed, and one above U+0100 else.
struct ByteCharacters: Sendable {
  private let characters: [Unicode.Scalar]
  private let bytes: [Unicode.Scalar: UInt8]

  private init(_ character: (Int) -> Int) {
    characters = (0..<256).map { Unicode.Scalar(UInt16(character($0))) ?? "\u{FFFD}" }
    bytes = Dictionary(
      uniqueKeysWithValues: characters.enumerated().map { ($1, UInt8(truncatingIfNeeded: $0)) })
  }

  /// fairseq's: the space is its own, and others stand 256 above their byte.
  static let fairseq = ByteCharacters { byte in
    byte == 0x20 || isPrinted(byte) ? byte : 256 + byte
  }

  /// Those of GPT-2: what cannot be printed, the space too, has the characters from U+0100 on.
  static let gpt2: ByteCharacters = {
    let others = (0..<256).filter { !isPrinted($0) }
    return ByteCharacters { byte in others.firstIndex(of: byte).map { 256 + $0 } ?? byte }
  }()

  private static func isPrinted(_ byte: Int) -> Bool {
    0x21...0x7E ~= byte || 0xA1...0xAC ~= byte || 0xAE...0xFF ~= byte
  }

  /// The characters of a text's bytes.
  func text(of bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    bytes.forEach { text.append(characters[Int($0)]) }
    return String(text)
  }

  /// The bytes of characters; nil where one stands for none.
  func bytes(of text: some Sequence<Unicode.Scalar>) -> [UInt8]? {
    var result: [UInt8] = []
    for scalar in text {
      guard let byte = bytes[scalar] else { return nil }
      result.append(byte)
    }
    return result
  }

  /// The text of characters; where their bytes are no text, the most characters that can be had
  /// from them.
  func bestText(of text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    if let whole = character(scalars[...]) { return whole }
    var most = [Int](repeating: 0, count: scalars.count + 1)
    var from = [Int](repeating: 0, count: scalars.count + 1)
    for end in 1..<(scalars.count + 1) {
      (most[end], from[end]) = (most[end - 1], end - 1)
      for length in 1...min(4, end) where most[end - length] + 1 > most[end] {
        guard character(scalars[(end - length)..<end]) != nil else { continue }
        (most[end], from[end]) = (most[end - length] + 1, end - length)
      }
    }
    var (parts, end) = ([String](), scalars.count)
    while end > 0 {
      if most[end] == most[from[end]] + 1 {
        parts.append(character(scalars[from[end]..<end]) ?? "")
      }
      end = from[end]
    }
    return parts.reversed().joined()
  }

  /// The text of characters whose bytes are one.
  private func character(_ scalars: ArraySlice<Unicode.Scalar>) -> String? {
    bytes(of: scalars).flatMap { String(validating: $0, as: UTF8.self) }
  }
}

public import Fairline

/// The tokenizers of sacreBLEU, which make scores of different systems comparable.
public enum BLEUTokenizer: String, CaseIterable, Codable, Sendable, OptionValue {
  /// The mteval-v13a script's, for Western languages.
  case v13a = "13a"
  /// The mteval-v14 script's, by Unicode's punctuation and symbols.
  case intl
  /// Every character for itself.
  case char
  /// Chinese characters apart, the rest as ``v13a`` does.
  case zh
  /// White space only.
  case none

  /// The words of a sentence, separated by white space, in UTF-8.
  func tokenize(_ sentence: String) -> [UInt8] {
    let text = Words.trimmedEnd(sentence)
    switch self {
    case .none: return Array(String(text).utf8)
    case .char: return Self.utf8(text.flatMap { [$0, " "] })
    case .intl: return Self.utf8(International.separated(Array(text)))
    case .zh: return Western.separated(Self.utf8(Chinese.separated(text)))
    case .v13a:
      var line = Array(String(text).utf8)
      line = Western.unescaped(line)
      return Western.separated([0x20] + line + [0x20])
    }
  }

  private static func utf8(_ scalars: [Unicode.Scalar]) -> [UInt8] {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return Array(String(view).utf8)
  }
}

/// The rules of mteval-v13a, on UTF-8 bytes: only ASCII characters are separated.
private enum Western {
  /// Undoes the four character references and removes `<skipped>`.
  static func unescaped(_ line: [UInt8]) -> [UInt8] {
    var text = line
    if text.contains(UInt8(ascii: "<")) { text = replace("<skipped>", "", in: text) }
    if text.contains(0x0A) {
      text = replace("-\n", "", in: text)
      text = replace("\n", " ", in: text)
    }
    guard text.contains(UInt8(ascii: "&")) else { return text }
    let names = [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")]
    return names.reduce(text) { replace($1.0, $1.1, in: $0) }
  }

  private static func replace(_ old: String, _ new: String, in text: [UInt8]) -> [UInt8] {
    let pattern = Array(old.utf8)
    var result: [UInt8] = []
    var position = 0
    while position < text.count {
      if text[position...].starts(with: pattern) {
        result += new.utf8
        position += pattern.count
      } else {
        result.append(text[position])
        position += 1
      }
    }
    return result
  }

  /// Applies the four rules one after another.
  static func separated(_ line: [UInt8]) -> [UInt8] {
    let symbols = surround(line)
    let before = pairs(symbols) { !isDigit($0) && isStop($1) ? .afterBoth : nil }
    let after = pairs(before) { isStop($0) && !isDigit($1) ? .beforeBoth : nil }
    return pairs(after) { isDigit($0) && $1 == UInt8(ascii: "-") ? .afterBoth : nil }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  private static func isStop(_ byte: UInt8) -> Bool { byte == 0x2E || byte == 0x2C }

  /// Spaces around ASCII punctuation other than apostrophe, comma, hyphen and full stop.
  private static func surround(_ line: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(line.count * 2)
    for byte in line {
      switch byte {
      case 0x20...0x26, 0x28...0x2B, 0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E:
        result += [0x20, byte, 0x20]
      default: result.append(byte)
      }
    }
    return result
  }

  private enum Spacing { case afterBoth, beforeBoth }

  /// Separates pairs of neighbours that do not overlap, from left to right.
  private static func pairs(
    _ line: [UInt8], _ rule: (UInt8, UInt8) -> Spacing?
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(line.count + 16)
    var position = 0
    while position < line.count {
      let first = line[position]
      if position + 1 < line.count, let spacing = rule(first, line[position + 1]) {
        let second = line[position + 1]
        result +=
          spacing == .afterBoth ? [first, 0x20, second, 0x20] : [0x20, first, 0x20, second]
        position += 2
      } else {
        result.append(first)
        position += 1
      }
    }
    return result
  }
}

/// The rules of mteval-v14: punctuation beside anything but a number, and symbols.
private enum International {
  private enum Kind { case number, punctuation, symbol, other }

  private static func kind(_ scalar: Unicode.Scalar) -> Kind {
    switch scalar.properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber: .number
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      .punctuation
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: .symbol
    default: .other
    }
  }

  static func separated(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
    let before = pairs(line, form: { [$0, " ", $1, " "] }) {
      kind($0) != .number && kind($1) == .punctuation
    }
    let after = pairs(before, form: { [" ", $0, " ", $1] }) {
      kind($0) == .punctuation && kind($1) != .number
    }
    return after.flatMap { kind($0) == .symbol ? [" ", $0, " "] : [$0] }
  }

  /// Replaces pairs of neighbours that do not overlap, from left to right.
  private static func pairs(
    _ line: [Unicode.Scalar], form: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar],
    where isPair: (Unicode.Scalar, Unicode.Scalar) -> Bool
  ) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var position = 0
    while position < line.count {
      if position + 1 < line.count, isPair(line[position], line[position + 1]) {
        result += form(line[position], line[position + 1])
        position += 2
      } else {
        result.append(line[position])
        position += 1
      }
    }
    return result
  }
}

/// The characters that sacreBLEU's `zh` takes for Chinese.
private enum Chinese {
  /// The range from U+2001 to U+2A6D stands where the script's author meant extension B.
  private static let ranges: [ClosedRange<UInt32>] = [
    0x2001...0x2A6D, 0x2E80...0x2EFF, 0x2F00...0x2FDF, 0x2FF0...0x2FFF, 0x3000...0x303F,
    0x3100...0x312F, 0x31A0...0x31BF, 0x31C0...0x31EF, 0x3200...0x32FF, 0x3300...0x33FF,
    0x3400...0x4DB5, 0x4E00...0x9FBB, 0xF900...0xFA2D, 0xFA30...0xFA6A, 0xFA70...0xFAD9,
    0xFE10...0xFE1F, 0xFE30...0xFE4F, 0xFF00...0xFFEF,
  ]

  static func separated(_ text: Substring.UnicodeScalarView) -> [Unicode.Scalar] {
    var rest = text
    while let first = rest.first, Words.isSpace(first) { rest.removeFirst() }
    return rest.flatMap { scalar in
      let isChinese = scalar.value >= 0x2001 && ranges.contains { $0.contains(scalar.value) }
      return isChinese ? [" ", scalar, " "] : [scalar]
    }
  }
}

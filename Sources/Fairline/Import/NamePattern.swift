/// A pattern of tensor names: `*` stands for one part between dots, `**` for one part or more.
///
/// `encoder.layers.*.norm.*` is the name of every norm's tensors, `**.version` of every tensor
/// `version` that belongs to a module. A pattern has at most one `**`.
struct NamePattern: Sendable {
  private enum Token: Sendable {
    case text([UInt8])
    case part
    case parts
  }

  private let tokens: [Token]

  init(_ text: String) {
    var tokens: [Token] = []
    var literal: [UInt8] = []
    var rest = Array(text.utf8)[...]
    let star = UInt8(ascii: "*")
    while let byte = rest.popFirst() {
      guard byte == star else {
        literal.append(byte)
        continue
      }
      if !literal.isEmpty { tokens.append(.text(literal)) }
      literal = []
      if rest.first == star {
        rest.removeFirst()
        tokens.append(.parts)
      } else {
        tokens.append(.part)
      }
    }
    if !literal.isEmpty { tokens.append(.text(literal)) }
    self.tokens = tokens
    let open = tokens.count { if case .parts = $0 { true } else { false } }
    precondition(open <= 1, "the pattern '\(text)' has more than one '**'")
  }

  /// The number of wildcards.
  var wildcards: Int { tokens.count { if case .text = $0 { false } else { true } } }

  /// What the wildcards stand for in a name; nil when the name is another one.
  func match(_ name: [UInt8]) -> [ArraySlice<UInt8>]? {
    match(name[...], tokens[...])
  }

  private func match(
    _ name: ArraySlice<UInt8>, _ tokens: ArraySlice<Token>
  ) -> [ArraySlice<UInt8>]? {
    var (name, found) = (name, [ArraySlice<UInt8>]())
    for (index, token) in zip(tokens.indices, tokens) {
      switch token {
      case .text(let text):
        guard name.starts(with: text) else { return nil }
        name = name.dropFirst(text.count)
      case .part:
        let part = name.prefix { $0 != UInt8(ascii: ".") }
        guard !part.isEmpty else { return nil }
        found.append(part)
        name = name.dropFirst(part.count)
      case .parts:
        let rest = tokens[(index + 1)...]
        // The longest text that leaves what the rest of the pattern wants.
        for end in stride(from: name.endIndex, to: name.startIndex, by: -1) {
          if let more = match(name[end...], rest) {
            return found + [name[..<end]] + more
          }
        }
        return nil
      }
    }
    return name.isEmpty ? found : nil
  }

  /// The name with texts in the place of the wildcards.
  func filled(with texts: [ArraySlice<UInt8>]) -> String {
    var (name, texts) = ([UInt8](), texts[...])
    for token in tokens {
      switch token {
      case .text(let text): name += text
      case .part, .parts: name += texts.popFirst() ?? []
      }
    }
    return String(decoding: name, as: UTF8.self)
  }
}

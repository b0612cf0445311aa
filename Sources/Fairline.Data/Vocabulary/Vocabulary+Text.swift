import FairlineFoundation

extension Vocabulary {
  /// How the unknown symbol is written when ids become text.
  public enum UnknownText: Sendable, Equatable {
    /// `<unk>`.
    case plain
    /// `<<unk>>`: no hypothesis can match it, so references use it.
    case escaped
    /// A text of the caller's.
    case replaced(by: String)

    var text: String {
      switch self {
      case .plain: Vocabulary.unkSymbol
      case .escaped: "<\(Vocabulary.unkSymbol)>"
      case .replaced(let text): text
      }
    }
  }

  /// Turns a line into ids: words between Unicode white space, unknown ones as `unk`.
  ///
  /// - Parameters:
  ///   - appendEOS: puts the end symbol behind the words.
  ///   - reversed: turns the words around; the end symbol stays last.
  public func encode(_ line: String, appendEOS: Bool = true, reversed: Bool = false) -> [Int32] {
    var ids: [Int32] = []
    var line = line
    line.withUTF8 { bytes in
      Words.forEach(in: bytes) { ids.append(id(of: $0)) }
    }
    if reversed { ids.reverse() }
    if appendEOS { ids.append(Self.eos) }
    return ids
  }

  /// Turns ids into text; end, begin and `ignored` symbols are left out.
  ///
  /// - Parameters:
  ///   - postProcessing: undoes the division into subword units.
  ///   - unknown: how the unknown symbol is written.
  ///   - ignored: further ids to leave out.
  public func decode(
    _ ids: some Sequence<Int32>, postProcessing: PostProcessing = .none,
    unknown: UnknownText = .plain, ignored: Set<Int32> = []
  ) -> String {
    let words = ids.lazy
      .filter { $0 != Self.eos && $0 != Self.bos && !ignored.contains($0) }
      .map { $0 == Self.unk ? unknown.text : symbol($0) }
    return postProcessing.apply(to: words.joined(separator: " "))
  }

  /// Appends the ids of a line and its end symbol.
  ///
  /// - Returns: how many words were replaced by `unk`; a literal `<unk>` does not count.
  @inline(__always)
  func appendIds(of line: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) -> Int {
    var replaced = 0
    Words.forEach(in: line) { word in
      let id = id(of: word)
      if id == Self.unk && !word.elementsEqual(Self.unkSymbol.utf8) { replaced += 1 }
      ids.append(id)
    }
    ids.append(Self.eos)
    return replaced
  }
}

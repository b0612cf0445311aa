import Fairline

extension WordSampler {
  /// BPE-dropout of words that were divided by codes of subword-nmt or fastBPE.
  ///
  /// - Parameters:
  ///   - codes: the file of codes that divided the text.
  ///   - dropout: the probability that a pair is left out of a round of joining.
  /// - Throws: `UserError` naming what is wrong with the file, or that the dictionary has no
  ///   such units.
  package init(codes path: String, dropout: Double, _ vocabulary: Vocabulary) throws {
    let codes = try SubwordCodes(contentsOf: path)
    let table = MergeTable(codes.pairs)
    let marker = Array("@@".utf8)
    var continues = false
    let parts = (0..<vocabulary.count).map { id -> Part? in
      guard id > Int(Vocabulary.unk) else { return nil }
      let text = Array(vocabulary.symbol(Int32(id)).utf8)
      guard text.suffix(2) == marker[...], text.count > 2 else {
        return Part(text: text, endsWord: true)
      }
      continues = true
      return Part(text: text.dropLast(2))
    }
    guard continues else {
      throw UserError(
        "--bpe-dropout: no unit of the dictionary ends with '@@': preprocess with --bpe "
          + "subword_nmt, or leave it out")
    }
    self.init(parts, needsEnd: true) { word, random in
      let units = codes.units(of: word, table) { random.uniform() < dropout }
      var ids: [Int32] = []
      for (place, unit) in units.enumerated() {
        let text = place + 1 < units.count ? unit + marker : unit
        guard let id = vocabulary.ordinaryID(of: text) else { return nil }
        ids.append(id)
      }
      return ids
    }
  }
}

extension SubwordCodes {
  /// The units of a word.
  ///
  /// - Parameter leavesOut: whether a pair is left out of a round of joining.
  func units(
    of word: [UInt8], _ table: MergeTable, leavingOut leavesOut: () -> Bool = { false }
  ) -> [MergeTable.Symbol] {
    var symbols = MergeTable.characters(of: word)
    let end = Self.wordEnd
    guard symbols.count > 1 else { return symbols }
    if endsApart { symbols.append(end) } else { symbols[symbols.count - 1] += end }
    symbols = table.merge(symbols, leavingOut: leavesOut)
    let last = symbols[symbols.count - 1]
    if last == end {
      symbols.removeLast()
    } else if last.suffix(end.count) == end[...] {
      symbols[symbols.count - 1].removeLast(end.count)
    }
    return symbols
  }
}

public import Fairline

/// Where a stream of sentences is cut into blocks: the values of `--sample-break-mode`.
public enum BreakMode: String, Codable, Sendable, CaseIterable, OptionValue {
  /// Anywhere: all blocks but the last have the same size.
  case anywhere = "none"
  /// Between sentences: a block is filled with whole ones; a longer sentence is a block alone.
  case complete
  /// The same inside documents, which empty lines divide; those lines are left out.
  case completeDocument = "complete_doc"
  /// After every sentence.
  case sentence = "eos"
}

extension BreakMode {
  /// Cuts a stream into blocks (fairseq's rules).
  ///
  /// - Parameters:
  ///   - lengths: symbols of each sentence, its end included.
  ///   - size: the most symbols of a block.
  /// - Returns: ranges of the stream, ascending; what lies between them is left out.
  func ranges(of lengths: [Int32], size: Int) -> [Range<Int>] {
    precondition(size > 0, "a block holds at least one symbol, not \(size)")
    switch self {
    case .anywhere:
      let total = lengths.reduce(0) { $0 + Int($1) }
      return stride(from: 0, to: total, by: size).map { $0..<min($0 + size, total) }
    case .complete: return filled(lengths, size: size, least: 1, separator: nil)
    case .completeDocument:
      return filled(lengths, size: size, least: 2, separator: 1)
    case .sentence:
      var first = 0
      return lengths.map { length in
        defer { first += Int(length) }
        return first..<(first + Int(length))
      }
    }
  }

  /// Blocks of whole sentences.
  ///
  /// - Parameters:
  ///   - least: blocks of fewer symbols are left out.
  ///   - separator: the length of a sentence that ends a block and is left out; nil for none.
  private func filled(
    _ lengths: [Int32], size: Int, least: Int, separator: Int?
  ) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var (first, count) = (0, 0)
    func close() {
      if count >= least { ranges.append(first..<(first + count)) }
      first += count
      count = 0
    }
    for length in lengths.map(Int.init) {
      if length == separator {
        close()
        first += length
        continue
      }
      if count > 0, count + length > size { close() }
      count += length
    }
    close()
    return ranges
  }
}

/// A stream of sentences cut into blocks, each read when it is asked for.
public struct TokenBlocks: Sendable {
  /// The sentences, ends included.
  public let sentences: any TokenSequences
  /// The blocks as ranges of the stream, ascending.
  public let ranges: [Range<Int>]
  /// Where each sentence begins in the stream, and the length of the stream. `[sentence + 1]`
  private let starts: [Int]

  /// Cuts sentences into blocks.
  ///
  /// - Parameter size: the most symbols of a block, unless a sentence alone is longer.
  public init(_ sentences: any TokenSequences, mode: BreakMode, size: Int) {
    self.sentences = sentences
    let lengths = (0..<sentences.count).map { Int32(sentences.length(of: $0)) }
    var starts = [0]
    starts.reserveCapacity(lengths.count + 1)
    for length in lengths { starts.append(starts[starts.count - 1] + Int(length)) }
    self.starts = starts
    ranges = mode.ranges(of: lengths, size: size)
  }

  /// The same blocks of other sentences with the same lengths.
  init(_ blocks: TokenBlocks, reading sentences: any TokenSequences) {
    self.sentences = sentences
    (ranges, starts) = (blocks.ranges, blocks.starts)
  }

  /// The number of blocks.
  public var count: Int { ranges.count }

  /// The sentences that a block lies in, and where it begins in the first of them.
  public func place(of block: Int) -> (sentences: ClosedRange<Int>, offset: Int) {
    let range = ranges[block]
    let first = sentence(at: range.lowerBound)
    let last = range.isEmpty ? first : sentence(at: range.upperBound - 1)
    return (first...last, range.lowerBound - starts[first])
  }

  /// A block and what comes before it.
  public struct Block: Sendable, Equatable {
    /// The block's symbols.
    public var symbols: [Int32]
    /// The same moved right by one: it begins with the symbol before the block in its sentence,
    /// or with an end.
    public var shifted: [Int32]
    /// The same moved right by two, padded at the beginning of a sentence.
    package var shiftedTwice: [Int32]
  }

  /// A block with its shifted forms.
  public subscript(block: Int) -> Block {
    // Files of others may have sentences without so much as an end.
    guard !ranges[block].isEmpty else { return Block(symbols: [], shifted: [], shiftedTwice: []) }
    let (sentences, offset) = place(of: block)
    let count = ranges[block].count
    var buffer: [Int32] = []
    for sentence in sentences { buffer += self.sentences[sentence] }
    let end = offset + count
    let symbols = Array(buffer[offset..<end])
    let before: [Int32] = offset == 0 ? [Vocabulary.eos] : [buffer[offset - 1]]
    let two: [Int32] =
      switch offset {
      case 0: [Vocabulary.pad, Vocabulary.eos]
      case 1: [Vocabulary.eos, buffer[0]]
      default: Array(buffer[(offset - 2)..<offset])
      }
    return Block(
      symbols: symbols, shifted: before + symbols.dropLast(),
      shiftedTwice: two + symbols.dropLast(2))
  }

  /// The sentence that a symbol of the stream belongs to.
  private func sentence(at place: Int) -> Int {
    var (low, high) = (0, max(starts.count - 2, 0))
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= place { low = middle } else { high = middle - 1 }
    }
    return low
  }
}

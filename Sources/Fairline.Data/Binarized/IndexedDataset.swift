import FairlineFoundation

/// Sequences of ids in a `.bin` and an `.idx` file, mapped into memory.
///
/// Reads fairseq's mmap format and its legacy `TNTIDX` files. Opening checks both files
/// completely, so that no sequence read later can be wrong or out of bounds.
public struct IndexedDataset: TokenSequences {
  /// The path of both files, without `.bin` and `.idx`.
  public let prefix: String
  private let layout: IndexLayout
  private let data: MappedFile

  /// Opens `prefix.idx` and `prefix.bin`.
  ///
  /// - Parameters:
  ///   - vocabularySize: when given, every id must lie below it.
  ///   - record: when given, both files must have its checksums.
  /// - Throws: a `UserError` naming the file that is missing, truncated or inconsistent, or the
  ///   sequence with an id outside the vocabulary.
  public init(
    prefix: String, vocabularySize: Int? = nil, record: DatasetRecord? = nil
  ) throws {
    self.prefix = prefix
    let index = try MappedFile(prefix + ".idx")
    layout = try IndexLayout(index)
    data = try MappedFile(prefix + ".bin")
    for file in [index, data] { try record?.verify(file, isOwn: true) }
    try layout.validate(dataSize: data.bytes.count)
    try checkIds(below: vocabularySize)
  }

  /// How ids are stored in the file.
  package var elementType: ElementType { layout.elementType }

  /// The number of sequences.
  public var count: Int { layout.count }

  /// The number of ids in a sequence, its end symbol included.
  public func length(of index: Int) -> Int {
    precondition(index >= 0 && index < count, "sequence index out of range")
    return layout.length(index)
  }

  /// The ids of a sequence.
  public subscript(index: Int) -> [Int32] {
    let length = length(of: index)
    let start = layout.offset(index)
    let bytes = UnsafeRawBufferPointer(rebasing: data.bytes[start..<(start + length * width)])
    return [Int32](unsafeUninitializedCapacity: length) { ids, filled in
      for position in 0..<length {
        let stored = elementType.element(at: position, of: bytes) ?? 0
        ids[position] = Int32(truncatingIfNeeded: stored &+ layout.bias)
      }
      filled = length
    }
  }

  private var width: Int { elementType.width }

  private func checkIds(below vocabularySize: Int?) throws {
    let lowest = vocabularySize == nil ? Int(Int32.min) : 0
    let highest = vocabularySize.map { $0 - 1 } ?? Int(Int32.max)
    if vocabularySize == nil && width < 4 { return }
    let total = data.bytes.count / width
    for position in 0..<total {
      let stored = elementType.element(at: position, of: data.bytes)
      if let id = stored?.addingReportingOverflow(layout.bias).partialValue,
        id >= lowest && id <= highest
      {
        continue
      }
      throw idError(at: position, stored: stored, vocabularySize: vocabularySize)
    }
  }

  private func idError(at position: Int, stored: Int?, vocabularySize: Int?) -> UserError {
    var sequence = 0
    while (layout.offset(sequence) + layout.length(sequence) * width) <= position * width {
      sequence += 1
    }
    let id = stored.map { "the id \($0 &+ layout.bias)" } ?? "a number that is no id"
    guard let vocabularySize else {
      return UserError("'\(prefix).bin' has \(id) in sequence \(sequence): the file is damaged")
    }
    return UserError(
      "'\(prefix).bin' has \(id) in sequence \(sequence), but the dictionary has only "
        + "\(vocabularySize) symbols: use the dictionary that the data was binarised with")
  }
}

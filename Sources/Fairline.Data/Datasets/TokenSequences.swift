/// A numbered collection of sequences of ids.
public protocol TokenSequences: Sendable {
  /// The number of sequences.
  var count: Int { get }
  /// The number of ids in a sequence, its end symbol included.
  func length(of index: Int) -> Int
  /// The ids of a sequence.
  subscript(index: Int) -> [Int32] { get }
  /// A sequence as it was written; nil when only ids are known.
  func text(of index: Int) -> String?
}

extension TokenSequences {
  /// Only ids are known.
  public func text(of index: Int) -> String? { nil }
}

extension Array: TokenSequences where Element == [Int32] {
  /// The number of ids in a sequence.
  public func length(of index: Int) -> Int {
    self[index].count
  }
}

/// Collections of sequences one after another, each repeated a number of times.
struct ConcatenatedSequences: TokenSequences {
  private let parts: [(sequences: any TokenSequences, end: Int)]

  /// Joins collections; `repeats[k]` is how often the k-th occurs (once when left out).
  init(_ collections: [any TokenSequences], repeats: [Int] = []) {
    var end = 0
    parts = collections.enumerated().map { number, sequences in
      end += sequences.count * (number < repeats.count ? repeats[number] : 1)
      return (sequences, end)
    }
  }

  /// The number of sequences, repetitions included.
  var count: Int { parts.last?.end ?? 0 }

  /// The number of ids in a sequence.
  func length(of index: Int) -> Int {
    let (sequences, place) = locate(index)
    return sequences.length(of: place)
  }

  /// The ids of a sequence.
  subscript(index: Int) -> [Int32] {
    let (sequences, place) = locate(index)
    return sequences[place]
  }

  /// A sequence as it was written.
  public func text(of index: Int) -> String? {
    let (sequences, place) = locate(index)
    return sequences.text(of: place)
  }

  private func locate(_ index: Int) -> (any TokenSequences, Int) {
    precondition(index >= 0 && index < count, "sequence index out of range")
    var start = 0
    for part in parts {
      if index < part.end { return (part.sequences, (index - start) % part.sequences.count) }
      start = part.end
    }
    preconditionFailure("the last part ends at the count")
  }
}

/// Sequences cut to a number of ids; the end symbol is kept.
struct TruncatedSequences: TokenSequences {
  private let base: any TokenSequences
  private let limit: Int

  /// Cuts the sequences of `base` to `limit` ids, the end symbol included.
  init(_ base: any TokenSequences, to limit: Int) {
    precondition(limit >= 1, "a truncated sequence keeps its end symbol")
    self.base = base
    self.limit = limit
  }

  /// The number of sequences.
  var count: Int { base.count }

  /// The number of ids in a sequence after the cut.
  func length(of index: Int) -> Int {
    min(base.length(of: index), limit)
  }

  /// A sequence as it was written, whole.
  public func text(of index: Int) -> String? { base.text(of: index) }

  /// The ids of a sequence after the cut.
  subscript(index: Int) -> [Int32] {
    let ids = base[index]
    return ids.count <= limit ? ids : Array(ids.prefix(limit - 1)) + [Vocabulary.eos]
  }
}

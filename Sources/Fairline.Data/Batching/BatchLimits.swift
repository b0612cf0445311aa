import FairlineFoundation

/// How large a batch may become: `--max-tokens`, `--batch-size`, and their multiple.
public struct BatchLimits: Codable, Sendable, Equatable {
  /// The largest number of sentences times the longest one; nil for no limit.
  public var maxTokens: Int?
  /// The largest number of sentences; nil for no limit.
  public var maxSentences: Int?
  /// Batches with more sentences than this hold a multiple of it.
  public var requiredMultiple: Int

  /// Creates limits.
  public init(maxTokens: Int? = nil, maxSentences: Int? = nil, requiredMultiple: Int = 8) {
    self.maxTokens = maxTokens
    self.maxSentences = maxSentences
    self.requiredMultiple = requiredMultiple
  }

  /// Cuts an order of sentences into batches, greedily; no sentence is left out.
  ///
  /// A batch is the longest run whose sentences times longest length, the padded size, keep the
  /// limits; when it is longer than the required multiple, it is cut down to a multiple of it.
  /// - Parameters:
  ///   - order: sentences in the order in which they are visited.
  ///   - length: the length of a sentence in tokens, the longer one of its two sides.
  /// - Throws: a `UserError` when a limit is not positive or one sentence alone exceeds it.
  public func batches(of order: [Int], length: (Int) -> Int) throws -> [[Int]] {
    try validate()
    let tokenLimit = maxTokens ?? .max
    let multiple = requiredMultiple
    var batches: [[Int]] = []
    var start = 0
    while start < order.count {
      var longest = 0
      var end = start
      while end < order.count, end - start < maxSentences ?? .max {
        let size = length(order[end])
        guard size <= tokenLimit else {
          throw UserError(
            "sentence \(order[end]) has \(size) tokens: sentences should not exceed "
              + "--max-tokens \(tokenLimit); raise it or drop the sentence")
        }
        let padded = (end - start + 1).multipliedReportingOverflow(by: max(longest, size))
        if padded.overflow || padded.partialValue > tokenLimit { break }
        longest = max(longest, size)
        end += 1
      }
      let count = end - start
      if count > multiple { end = start + count / multiple * multiple }
      batches.append(Array(order[start..<end]))
      start = end
    }
    return batches
  }

  private func validate() throws {
    for (flag, value) in [
      ("--max-tokens", maxTokens), ("--batch-size", maxSentences),
      ("--required-batch-size-multiple", requiredMultiple),
    ] {
      if let value, value < 1 { throw UserError("\(flag) must be positive, not \(value)") }
    }
  }
}

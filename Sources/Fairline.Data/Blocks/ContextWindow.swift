/// Gives each block of a text the symbols before it as context, block after block.
public struct ContextWindow: Sendable {
  private let size: Int
  private let longest: Int
  private var before: [Int32] = []

  /// Begins before the first block.
  ///
  /// - Parameters:
  ///   - size: the most symbols of context.
  ///   - longest: the most symbols of context and block together.
  public init(size: Int, longest: Int) {
    precondition(size >= 0, "a context has at least 0 symbols, not \(size)")
    self.size = size
    self.longest = longest
  }

  /// Puts the context in front of the next block.
  ///
  /// - Parameter source: what a model reads of the block.
  /// - Returns: context and block, and the number of symbols that are context.
  public mutating func extend(_ source: [Int32]) -> (source: [Int32], context: Int) {
    let excess = before.count + source.count - longest
    if excess > 0 { before.removeFirst(min(excess, before.count)) }
    let context = before.count
    let whole = before + source
    before = Array(whole.suffix(size))
    return (whole, context)
  }
}

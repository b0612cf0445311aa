import FairlineFoundation

/// The longest sentences that a model takes: `--max-source-positions`, `--max-target-positions`.
public struct LengthLimits: Codable, Sendable, Equatable {
  /// The longest source in tokens, the end symbol included.
  public var source: Int
  /// The longest target in tokens, the end symbol included.
  public var target: Int

  /// Creates limits.
  public init(source: Int = 1024, target: Int = 1024) {
    self.source = source
    self.target = target
  }

  /// What to do with sentences beyond the limits.
  public enum Policy: Sendable {
    /// Leave them out and tell how many: training, and `--skip-invalid-size-inputs-valid-test`.
    case drop
    /// Refuse the data set: validation and test.
    case refuse
  }

  /// The smaller limits of two; `maxTokens` limits both sides, as in training.
  public func limited(by other: LengthLimits? = nil, maxTokens: Int? = nil) -> LengthLimits {
    LengthLimits(
      source: min(source, other?.source ?? .max, maxTokens ?? .max),
      target: min(target, other?.target ?? .max, maxTokens ?? .max))
  }

  /// The pairs that keep the limits, and those left out.
  public struct Selection: Sendable, Equatable {
    /// The pairs within the limits, in order.
    public var kept: [Int]
    /// The pairs beyond the limits, in order.
    public var dropped: [Int]
    /// The warning to log; nil when nothing was left out.
    public var warning: String?
  }

  /// Selects the pairs of an order that keep the limits.
  ///
  /// - Throws: a `UserError` naming the first pair beyond the limits, when those are refused.
  public func select(
    _ order: [Int], sourceLengths: [Int32], targetLengths: [Int32]?, policy: Policy
  ) throws -> Selection {
    func fits(_ index: Int) -> Bool {
      sourceLengths[index] <= source && (targetLengths.map { $0[index] <= target } ?? true)
    }
    let dropped = order.filter { !fits($0) }
    guard let first = dropped.first else {
      return Selection(kept: order, dropped: [], warning: nil)
    }
    if policy == .refuse {
      let size = "\(sourceLengths[first])" + (targetLengths.map { ", \($0[first])" } ?? "")
      throw UserError(
        "the size (\(size)) of sample #\(first) is invalid, since max_positions is (\(source), "
          + "\(target)); skip such samples with --skip-invalid-size-inputs-valid-test")
    }
    let ids = dropped.prefix(10).map(String.init).joined(separator: ", ")
    return Selection(
      kept: order.filter(fits), dropped: dropped,
      warning: "\(dropped.count) samples have invalid sizes and will be skipped, "
        + "max_positions=(\(source), \(target)), first few sample ids=[\(ids)]")
  }
}

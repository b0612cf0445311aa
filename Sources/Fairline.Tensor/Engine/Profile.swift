import CFairlineKernels

/// Where the time of a training step goes, by operation, while it is switched on for the calling
/// thread.
///
/// Times are those of the thread that drives the step: an operation's share is what the step waits
/// for it.
public enum Profile {
  /// What is measured; names are what the report shows.
  public enum Label: Int32, CaseIterable, Sendable {
    case product, linearForward, linearInput, linearWeight, outputProjection
    case crossEntropy, attentionForward, attentionBackward, biasBackward
    case activationForward, activationBackward, normForward, normBackward
    case dropout, embeddingForward, embeddingBackward, elementwise
    case gradientSum, clearing, gradientNorm, optimizer, data

    /// The name in a report.
    public var name: String {
      switch self {
      case .product: "other products"
      case .linearForward: "linear, forward"
      case .linearInput: "linear, backward to input"
      case .linearWeight: "linear, backward to weight"
      case .outputProjection: "output projection, forward and backward"
      case .crossEntropy: "cross-entropy"
      case .attentionForward: "attention, forward"
      case .attentionBackward: "attention, backward"
      case .biasBackward: "bias, backward"
      case .activationForward: "activation, forward"
      case .activationBackward: "activation, backward"
      case .normForward: "residual and norm, forward"
      case .normBackward: "residual and norm, backward"
      case .dropout: "dropout"
      case .embeddingForward: "embedding, forward"
      case .embeddingBackward: "embedding, backward"
      case .elementwise: "other elementwise"
      case .gradientSum: "sums of gradients"
      case .clearing: "clearing memory"
      case .gradientNorm: "gradient norm"
      case .optimizer: "optimizer"
      case .data: "waiting for data"
      }
    }
  }

  /// What was measured of one operation.
  public struct Entry: Sendable {
    /// The operation.
    public let label: Label
    /// Its wall time.
    public let seconds: Double
    /// How often it ran.
    public let calls: Int
    /// Multiplications and additions of its matrix products.
    public let operations: Double
  }

  /// Switches measuring on or off for the calling thread.
  public static func setEnabled(_ enabled: Bool) { fl_profile_enable(enabled) }

  /// Forgets what the calling thread has measured.
  public static func clear() { fl_profile_clear() }

  /// Calls `body` without measuring it.
  public static func paused<Result>(_ body: () throws -> Result) rethrows -> Result {
    let enabled = fl_profile_enabled()
    fl_profile_enable(false)
    defer { fl_profile_enable(enabled) }
    return try body()
  }

  /// Whether the calling thread measures.
  public static var isEnabled: Bool { fl_profile_enabled() }

  /// What the calling thread has measured, the longest first.
  public static var entries: [Entry] {
    Label.allCases.map { label in
      let sum = fl_profile_read(label.rawValue)
      return Entry(
        label: label, seconds: Double(sum.nanoseconds) * 1e-9, calls: Int(sum.calls),
        operations: sum.operations)
    }.filter { $0.calls > 0 }.sorted { $0.seconds > $1.seconds }
  }

  /// The beginning of something to be measured.
  @inline(__always)
  static func begin() -> Int64 { fl_profile_enabled() ? fl_profile_now() : 0 }

  /// Its end.
  @inline(__always)
  static func end(_ label: Label, _ begun: Int64) {
    if fl_profile_enabled() { fl_profile_add(label.rawValue, fl_profile_now() - begun, 0) }
  }

  /// Measures `body` when measuring is on.
  @inline(__always)
  public static func measure<Result>(
    _ label: Label, operations: Double = 0, _ body: () throws -> Result
  ) rethrows -> Result {
    guard fl_profile_enabled() else { return try body() }
    let begin = fl_profile_now()
    defer { fl_profile_add(label.rawValue, fl_profile_now() - begin, operations) }
    return try body()
  }
}

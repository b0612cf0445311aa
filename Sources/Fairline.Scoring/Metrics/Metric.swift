public import Fairline

/// A score of output text against references.
public protocol Metric: Sendable {
  /// The score of a whole text.
  ///
  /// - Throws: ``ScoreError`` where references do not fit.
  func score(_ corpus: ScoredCorpus) throws -> MetricScore

  /// The score of one sentence.
  func score(sentence: String, references: [String]) throws -> MetricScore

  /// Whether a sentence may have several references.
  var takesSeveralReferences: Bool { get }
}

extension Metric {
  /// The score of a text of one sentence.
  public func score(sentence: String, references: [String]) throws -> MetricScore {
    try score(ScoredCorpus(hypotheses: [sentence], references: references.map { [$0] }))
  }

  /// Yes.
  public var takesSeveralReferences: Bool { true }
}

/// What is scored: output and references, a sentence each.
public struct ScoredCorpus: Sendable {
  /// The output as plain text.
  public var hypotheses: [String]
  /// One or more streams of references, each with a sentence for every one of the output.
  public var references: [[String]]
  /// The symbols of output and references, for metrics of symbols; nil where only text is known.
  public var symbols: (hypotheses: [[Int32]], references: [[Int32]])?

  /// Makes a corpus of plain text.
  public init(hypotheses: [String], references: [[String]]) {
    self.hypotheses = hypotheses
    self.references = references
  }
}

/// A score as it is reported.
public struct MetricScore: Sendable, Equatable {
  /// The number.
  public var value: Double
  /// The line that reports it, such as `chrF2 = 61.20`.
  public var line: String
  /// The settings that make scores comparable; nil when there are none.
  public var signature: String?

  /// Makes a score.
  public init(_ value: Double, line: String, signature: String? = nil) {
    self.value = value
    self.line = line
    self.signature = signature
  }
}

/// Metrics: scores of output against references.
public enum MetricSection: CatalogSection {
  /// What a name stands for.
  public typealias Entry = Component<MetricContext, any Metric>
  /// The kind.
  public static let kind = "metric"
}

extension Catalog {
  /// Metrics.
  public var metrics: Registry<MetricSection.Entry> {
    get { self[MetricSection.self] }
    set { self[MetricSection.self] = newValue }
  }
}

/// What a metric is made for.
public struct MetricContext: Sendable {
  /// The greatest length of n-grams, for metrics that count them.
  public var order: Int
  /// Whether all is compared in small letters.
  public var ignoresCase: Bool

  /// Makes a context.
  public init(order: Int = 4, ignoresCase: Bool = false) {
    self.order = order
    self.ignoresCase = ignoresCase
  }
}

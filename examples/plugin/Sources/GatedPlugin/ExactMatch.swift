import Fairline
import FairlineScoring

/// The share of sentences that are equal to a reference, in percent.
public struct ExactMatch: Metric {
  /// The settings.
  public struct Settings: Configuration {
    var ignoresSpace = false

    public init() {}

    public static var options: [Option<Self>] {
      [Option("match-ignores-space", \.ignoresSpace, "compare without spaces in --metric exact")]
    }
  }

  private let settings: Settings

  /// Makes the metric.
  public init(_ settings: Settings) { self.settings = settings }

  /// The score of a text.
  public func score(_ corpus: ScoredCorpus) -> MetricScore {
    let equal = corpus.hypotheses.indices.count { place in
      let own = compared(corpus.hypotheses[place])
      return corpus.references.contains { compared($0[place]) == own }
    }
    let percent = 100 * Double(equal) / Double(max(corpus.hypotheses.count, 1))
    return MetricScore(percent, line: "exact = \(NumberText.fixed(percent, 2))")
  }

  private func compared(_ text: String) -> String {
    settings.ignoresSpace ? text.filter { $0 != " " } : text
  }
}

import Fairline
import FairlineGeneration

/// Beam search that drops candidates far behind the best one (Freitag and Al-Onaizan 2017).
public struct PrunedBeam: SearchStrategy {
  /// The settings.
  public struct Settings: Configuration {
    var margin = 2.5

    public init() {}

    public static var options: [Option<Self>] {
      [
        Option(
          "prune-margin", \.margin, in: .from(0), "most nats that a candidate is behind the best")
      ]
    }
  }

  private let margin: Float

  /// Makes the strategy.
  public init(_ settings: Settings) throws {
    guard settings.margin >= 0 else { throw UserError("--prune-margin must not be negative") }
    margin = Float(settings.margin)
  }

  /// The candidates of plain beam search that are near enough to the best.
  public func candidates(
    _ rows: [RowCells], step: Int, _ size: SearchSize, state: inout Void
  ) -> [Candidate] {
    let all = CandidateList.best(of: rows, step: step, size)
    return all.filter { $0.score >= all[0].score - margin }
  }
}

import ExampleSupport
import Fairline
import Foundation

/// Keeps the perplexity of each validation.
final class Curve: TrainingObserver {
  private(set) var points: [(x: Double, y: Double)] = []

  func validated(_ validation: Validation) {
    let record = validation.record
    guard record.tokens > 0 else { return }
    let perplexity = exp(record.loss / Double(record.tokens))
    points.append((Double(validation.updates), perplexity))
    report(String(format: "%6d  %10.3f", validation.updates, perplexity))
  }
}

import Fairline
import FairlineTensor

/// Aligns finished outputs with models that look at whole outputs for it; the mean of several.
struct WholeAlignment {
  private let models: [any Model]

  init(_ models: [any Model]) { self.models = models }

  /// Outputs with that attention; nil where no model has it.
  func aligned(_ found: [Hypothesis], with source: [Int32]) -> [Hypothesis]? {
    guard !found.isEmpty, !source.isEmpty else { return nil }
    let ids = Array(found.indices)
    let batch = Batch.pairs(
      ids: ids, sources: ids.map { _ in source }, targets: found.map(\.tokens))
    let all = models.compactMap { $0.alignment(of: batch) }
    guard !all.isEmpty else { return nil }
    return found.enumerated().map { row, hypothesis in
      var hypothesis = hypothesis
      let sum = all.dropFirst().reduce(all[0].sequences[row]) { $0 + $1.sequences[row] }
      let mean = sum / Float(all.count)
      let (columns, numbers) = (mean.shape.columns, mean.scalars)
      hypothesis.attention = (0..<mean.shape[0]).map {
        Array(numbers[($0 * columns)..<(($0 + 1) * columns)])
      }
      return hypothesis
    }
  }
}

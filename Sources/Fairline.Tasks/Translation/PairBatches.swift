import Fairline
import FairlineData

/// Batches of a language pair, packed when they are asked for.
struct PairBatches: BatchSource {
  let dataset: LanguagePairDataset
  let batches: [[Int]]

  var count: Int { batches.count }

  func batch(_ index: Int) throws -> Batch {
    let pairs = dataset.collate(batches[index])
    return Batch.pairs(ids: pairs.ids, sources: pairs.sources, targets: pairs.targets)
  }
}

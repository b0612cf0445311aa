import Fairline
import FairlineData

/// Batches of a language pair, packed when they are asked for.
struct PairBatches: BatchSource {
  let dataset: LanguagePairDataset
  let batches: [[Int]]

  var count: Int { batches.count }

  /// The checksum of the sentences' numbers, batch after batch.
  var fingerprint: String? {
    let sums = batches.map { batch in batch.withUnsafeBytes { XXH64.hash($0) } }
    return XXH64.text(sums.withUnsafeBytes { XXH64.hash($0) })
  }

  func batch(_ index: Int) throws -> Batch {
    let pairs = dataset.collate(batches[index])
    return Batch.pairs(ids: pairs.ids, sources: pairs.sources, targets: pairs.targets)
  }
}

import Fairline
import FairlineData

/// Batches of a language pair, packed when they are asked for.
struct PairBatches: BatchSource {
  let dataset: LanguagePairDataset
  let batches: [[Int]]
  /// What stands around sentences.
  var form = PairForm()
  /// What divides sentences anew, and the epoch; nil for sentences as they are.
  var sampling: (SegmentationSampling, epoch: Int)?

  var count: Int { batches.count }

  /// The checksum of the sentences' numbers, batch after batch.
  var fingerprint: String? { batches.fingerprint }

  func batch(_ index: Int) throws -> Batch {
    let stored = dataset.collate(batches[index])
    let pairs = sampling.map { $0.sampled(stored, epoch: $1) } ?? stored
    var batch = Batch.pairs(
      ids: pairs.ids, sources: pairs.sources.map(form.formed),
      targets: pairs.targets.map { form.target + $0 },
      starts: form.start == Vocabulary.eos ? nil : pairs.ids.map { _ in form.start })
    batch.alignments = pairs.alignments.map { $0.map(Self.links) }
    return batch
  }

  /// Links of places that stand in turn: source, target, source, target.
  private static func links(_ places: [Int32]) -> [Batch.Link] {
    stride(from: 0, to: places.count - 1, by: 2).map {
      Batch.Link(source: Int(places[$0]), target: Int(places[$0 + 1]))
    }
  }
}

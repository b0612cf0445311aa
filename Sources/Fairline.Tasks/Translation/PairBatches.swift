import Fairline
import FairlineData

/// Batches of a language pair, packed when they are asked for.
struct PairBatches: BatchSource {
  let dataset: LanguagePairDataset
  let batches: [[Int]]
  /// What the decoder reads first.
  var start = Vocabulary.eos

  var count: Int { batches.count }

  /// The checksum of the sentences' numbers, batch after batch.
  var fingerprint: String? { batches.fingerprint }

  func batch(_ index: Int) throws -> Batch {
    let pairs = dataset.collate(batches[index])
    var batch = Batch.pairs(
      ids: pairs.ids, sources: pairs.sources, targets: pairs.targets,
      starts: start == Vocabulary.eos ? nil : pairs.ids.map { _ in start })
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

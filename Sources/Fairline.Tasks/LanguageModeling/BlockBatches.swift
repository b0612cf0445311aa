import Fairline
import FairlineData
import FairlineTensor

/// Batches of blocks of text, packed when they are asked for.
struct BlockBatches: BatchSource {
  let dataset: MonolingualDataset
  let batches: [[Int]]

  var count: Int { batches.count }

  /// The checksum of the blocks' numbers, batch after batch.
  var fingerprint: String? { batches.fingerprint }

  func batch(_ index: Int) -> Batch {
    let samples = batches[index].map { dataset[$0] }
    return Batch(
      ids: samples.map(\.id), source: PackedTokens([]),
      decoderInput: PackedTokens(samples.map(\.source)),
      target: samples.flatMap { $0.targets[0] }.map { $0 == Vocabulary.pad ? -1 : $0 })
  }
}

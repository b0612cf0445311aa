import Fairline

extension [[Int]] {
  /// The checksum of the numbers of batches, batch after batch.
  var fingerprint: String {
    let sums = map { batch in batch.withUnsafeBytes { XXH64.hash($0) } }
    return XXH64.text(sums.withUnsafeBytes { XXH64.hash($0) })
  }
}

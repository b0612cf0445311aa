/// What an epoch's batches were, so that no training goes on in the middle of others.
public struct EpochBatches: Codable, Equatable, Sendable {
  /// How many there are.
  public var count: Int
  /// What tells them and their order from others; nil where the task does not say.
  public var fingerprint: String?

  /// Describes the batches of an epoch.
  public init(_ source: any BatchSource) {
    count = source.count
    fingerprint = source.fingerprint
  }

  /// Whether these may be the batches of another description, as far as both tell.
  func agrees(with other: EpochBatches) -> Bool {
    guard count == other.count else { return false }
    guard let fingerprint, let theirs = other.fingerprint else { return true }
    return fingerprint == theirs
  }
}

extension TrainingProgress {
  /// Begins an epoch, or goes on in it.
  ///
  /// - Throws: `UserError` for an epoch without batches, and for the middle of one that had others.
  mutating func enter(_ source: any BatchSource) throws {
    guard source.count > 0 else {
      throw UserError(
        "there is nothing to train on: the training set has no sentences within the limits")
    }
    let now = EpochBatches(source)
    let isSame = batches?.agrees(with: now) ?? true
    guard offset == 0 || (isSame && offset < now.count) else {
      let total = batches.map { " of \($0.count)" } ?? ""
      throw UserError(
        "the checkpoint stands behind batch \(offset)\(total) of epoch \(epoch), whose "
          + "\(now.count) batches are others now: train with the data and batch sizes of before "
          + "(--max-tokens, --batch-size and the like), or begin at the first epoch with "
          + "--reset-dataloader")
    }
    batches = now
  }
}

import FairlineTensor

/// A batch that the model refused and that will be tried again when the parameters have changed.
///
/// It joins a later update as one more micro-batch; each refusal doubles the wait.
public struct PostponedBatch: Codable, Equatable, Sendable {
  /// The epoch it belongs to, counted from 1.
  public var epoch: Int
  /// Its place in that epoch.
  public var place: Int
  /// The batches that it is one of; nil in old checkpoints.
  public var batches: EpochBatches?
  /// How often it was refused.
  package var attempts = 0
  /// Updates made when it is tried again.
  package var due = 0

  /// Names a batch that nobody has refused yet.
  init(epoch: Int, place: Int, of batches: EpochBatches?) {
    self.epoch = epoch
    self.place = place
    self.batches = batches
  }

  /// How often a batch is tried before it is given up.
  static let mostAttempts = 6
  /// Updates until the first new try.
  static let firstWait = 8

  /// Reads the batch again.
  ///
  /// - Throws: `UserError` when the epoch's batches are others now.
  func load(from task: any Task) throws -> Batch { try source(task).batch(place) }

  /// Throws what ``load(from:)`` would throw because of other batches.
  func check(_ task: any Task) throws { _ = try source(task) }

  private func source(_ task: any Task) throws -> any BatchSource {
    let source = try task.trainingEpoch(epoch)
    guard (0..<source.count).contains(place),
      batches?.agrees(with: EpochBatches(source)) ?? true
    else {
      throw UserError(
        "a batch of epoch \(epoch) waits for another try, and the batches are others now: train "
          + "with the data and batch sizes of before, or begin anew with --reset-dataloader")
    }
    return source
  }
}

extension TrainingProgress {
  /// How many batches were refused and given up so far, and how many wait for another try; empty
  /// until one is refused.
  var refusalColumns: [ReportColumn] {
    if refused == 0 && postponed.isEmpty { return [] }
    return [
      ReportColumn("batches_refused", Double(refused), digits: 0),
      ReportColumn("batches_deferred", Double(postponed.count), digits: 0),
    ]
  }

  /// Takes the batches whose time has come out of the queue.
  mutating func takeDue() -> [PostponedBatch] {
    let due = postponed.filter { $0.due <= updates }
    if !due.isEmpty { postponed.removeAll { $0.due <= updates } }
    return due
  }

  /// Puts refused batches in the queue, or counts those that are given up.
  ///
  /// - Parameter batches: the batches of the update, in the order in which it ran them.
  mutating func postpone(
    _ refusals: [(place: Int, refusal: BatchRefusal)], of batches: [PostponedBatch]
  ) {
    for (place, refusal) in refusals {
      var batch = batches[place]
      batch.attempts += 1
      guard refusal.wish == .postpone, batch.attempts < PostponedBatch.mostAttempts else {
        refused += 1
        continue
      }
      batch.due = updates + PostponedBatch.firstWait << (batch.attempts - 1)
      postponed.append(batch)
    }
  }
}

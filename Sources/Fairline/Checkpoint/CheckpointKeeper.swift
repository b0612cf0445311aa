/// Saves checkpoints under fairseq's names and removes those that are not kept.
///
/// Every name is a file of its own, so that whoever writes over one of them changes no other.
/// A save that fails, on a full disk for example, leaves all earlier checkpoints as they are;
/// training goes on, and the next save tries again. Only the last save of a run must succeed.
package final class CheckpointKeeper: TrainingObserver {
  private let settings: CheckpointSettings
  private let metric: String
  private let order: MetricOrder
  private let folder: CheckpointFolder
  private var contents: CheckpointContents
  private let note: @Sendable (String) -> Void

  /// Makes a keeper and its folder.
  ///
  /// - Parameters:
  ///   - contents: what is saved; its header receives the progress of each moment.
  ///   - metric: the name of the validation value that tells the best.
  ///   - note: receives a sentence when a save failed.
  /// - Throws: `UserError` when the folder cannot be written.
  package init(
    _ settings: CheckpointSettings, contents: CheckpointContents, metric: String,
    order: MetricOrder, note: @escaping @Sendable (String) -> Void
  ) throws {
    self.settings = settings
    self.contents = contents
    self.metric = metric
    self.order = order
    self.note = note
    folder = CheckpointFolder(settings.saveDir)
    if settings.noSaveOptimizerState { self.contents.optimizer = nil }
    if !settings.noSave { try folder.prepare() }
  }

  /// Refuses a folder on a disk without room for the first checkpoint.
  func checkSpace() throws {
    guard !settings.noSave, let free = folder.freeBytes, free < contents.bytes else { return }
    throw UserError(
      "--save-dir \(settings.saveDir) has room for \(free / 1_000_000) MB, and a checkpoint takes"
        + " \(contents.bytes / 1_000_000) MB: free some, choose another folder, or give --no-save")
  }

  /// Saves what is due.
  package func save(_ moment: SavePoint) throws -> CheckpointInfo? {
    let names = names(moment)
    guard let first = names.first, !settings.noSave else { return nil }
    let begun = Seconds.now()
    contents.header.progress = moment.progress
    let path = folder.path(of: first)
    do {
      try contents.write(to: path)
      for name in names.dropFirst() { try FileCopy.copy(path, to: folder.path(of: name)) }
    } catch let error as FileError where moment.occasion != .end {
      note("warning: \(error); training goes on, and the next save tries again")
      return nil
    }
    folder.prune(settings, metric: metric, maximizes: order.maximizes)
    return CheckpointInfo(
      paths: names.map(folder.path(of:)), epoch: moment.epoch, updates: moment.progress.updates,
      metric: moment.metric, seconds: Seconds.now() - begun)
  }

  /// The names of the files to write.
  func names(_ moment: SavePoint) -> [CheckpointFolder.Name] {
    var names: [CheckpointFolder.Name] = []
    let (epoch, updates) = (moment.epoch, moment.progress.updates)
    if moment.occasion != .best, !settings.noEpochCheckpoints {
      if moment.endsEpoch {
        if settings.saveInterval > 0, epoch % settings.saveInterval == 0 {
          names.append(.epoch(epoch))
        }
      } else if settings.saveIntervalUpdates > 0, updates % settings.saveIntervalUpdates == 0 {
        names.append(.updates(epoch: epoch, updates: updates))
      }
    }
    if let value = moment.metric, value.isFinite {
      if moment.isBest { names.append(.best) }
      if isAmongBest(value) { names.append(.valued(metric: metric, value: value)) }
    }
    if moment.occasion != .best, !settings.noLastCheckpoints { names.append(.last) }
    return names
  }

  private func isAmongBest(_ value: Double) -> Bool {
    guard settings.keepBestCheckpoints > 0 else { return false }
    let values = folder.names(maximizes: order.maximizes).compactMap { name -> Double? in
      if case .valued(metric, let value) = name { value } else { nil }
    }
    guard values.count >= settings.keepBestCheckpoints, let worst = values.last else { return true }
    return order.isAtLeastAsGood(value, as: worst)
  }
}

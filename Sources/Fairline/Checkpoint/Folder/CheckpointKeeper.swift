import Foundation

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
  private let lock: FolderLock?

  /// Makes a keeper and its folder, to which no other training may write from now on.
  ///
  /// - Parameters:
  ///   - contents: what is saved; its header receives the progress of each moment.
  ///   - metric: the name of the validation value that tells the best.
  ///   - note: receives a sentence when a save failed.
  /// - Throws: `UserError` when the folder cannot be written, or another training writes to it.
  package convenience init(
    _ settings: CheckpointSettings, contents: CheckpointContents, metric: String,
    order: MetricOrder, note: @escaping @Sendable (String) -> Void
  ) throws {
    let lock = settings.noSave ? nil : try CheckpointFolder(settings.saveDir).prepare()
    self.init(
      settings, contents: contents, metric: metric, order: order, lock: lock, note: note)
  }

  /// Makes a keeper for a folder that is prepared.
  init(
    _ settings: CheckpointSettings, contents: CheckpointContents, metric: String,
    order: MetricOrder, lock: FolderLock?, note: @escaping @Sendable (String) -> Void
  ) {
    self.settings = settings
    self.contents = contents
    self.metric = metric
    self.order = order
    self.note = note
    self.lock = lock
    folder = CheckpointFolder(settings.saveDir)
    if settings.noSaveOptimizerState { self.contents.optimizer = nil }
  }

  /// Refuses a folder on a disk without room for the first checkpoint, and notes where there is
  /// none for it under each of its names.
  ///
  /// - Parameter free: bytes that can be written; nil where that is not known.
  package func checkSpace(free: Int?) throws {
    guard !settings.noSave, let free else { return }
    let bytes = contents.bytes
    let room = "--save-dir \(settings.saveDir) has room for \(free / 1_000_000) MB"
    guard free >= bytes else {
      throw UserError(
        "\(room), and a checkpoint takes \(bytes / 1_000_000) MB: free some, choose another folder,"
          + " or give --no-save")
    }
    let names = (settings.noEpochCheckpoints ? 1 : 2) + (settings.noLastCheckpoints ? 0 : 1)
    if free / names < bytes {
      note(
        "warning: \(room), and a checkpoint takes \(bytes / 1_000_000) MB under each of "
          + "\(names) names, unless the file system shares them: later saves may fail")
    }
  }

  /// Refuses a folder on a disk without room.
  func checkSpace() throws { try checkSpace(free: folder.freeBytes) }

  /// Saves what is due.
  package func save(_ moment: SavePoint) throws -> CheckpointInfo? {
    let names = names(moment)
    guard let first = names.first, !settings.noSave else { return nil }
    let begun = Seconds.now()
    contents.header.progress = moment.progress
    contents.header.savedAt = Date().timeIntervalSince1970
    let path = folder.path(of: first)
    do {
      try contents.write(to: path)
      for name in names.dropFirst() { try FileCopy.copy(path, to: folder.path(of: name)) }
    } catch let error as FileError where moment.occasion != .end {
      note("warning: \(error); training goes on, and the next save tries again")
      return nil
    }
    folder.prune(settings, metric: metric, maximizes: order.maximizes, sparing: names)
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
      }
      if settings.saveIntervalUpdates > 0, updates % settings.saveIntervalUpdates == 0 {
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

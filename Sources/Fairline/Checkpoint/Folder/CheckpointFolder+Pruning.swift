import Foundation

extension CheckpointFolder {
  /// Removes what the settings do not keep.
  ///
  /// Those of epochs and updates go by the time at which they were saved, so that what an earlier
  /// training with larger numbers left is older than what is saved now; the best go by their
  /// values.
  ///
  /// - Parameter saved: what was saved just now, which stays.
  func prune(
    _ settings: CheckpointSettings, metric: String, maximizes: Bool, sparing saved: [Name]
  ) {
    let names = names(maximizes: maximizes)
    let pattern = settings.keepIntervalUpdatesPattern
    let ofUpdates = names.filter { name in
      guard case .updates(_, let updates) = name else { return false }
      return pattern <= 0 || updates % pattern != 0
    }
    let ofEpochs = names.filter { if case .epoch = $0 { true } else { false } }
    let best = names.filter { if case .valued(metric, _) = $0 { true } else { false } }
    let (updates, epochs) = (settings.keepIntervalUpdates, settings.keepLastEpochs)
    remove(latestFirst(ofUpdates, updates), updates, saved)
    remove(latestFirst(ofEpochs, epochs), epochs, saved)
    remove(best, settings.keepBestCheckpoints, saved)
  }

  private func remove(_ names: [Name], _ count: Int, _ saved: [Name]) {
    guard count > 0 else { return }
    for name in names.dropFirst(count) where !saved.contains(name) {
      // What cannot be removed now is tried again after the next save.
      Paths.remove(path(of: name))
    }
  }

  /// The names by the time of their files; in any order where none is to be removed.
  private func latestFirst(_ names: [Name], _ count: Int) -> [Name] {
    guard count > 0, names.count > count else { return names }
    let dated = names.map { (name: $0, time: time(of: $0)) }
    return dated.sorted { $0.time > $1.time }.map(\.name)
  }

  /// When a checkpoint was saved: as it says itself, else as its file does.
  private func time(of name: Name) -> Double {
    let path = path(of: name)
    if let file = try? TensorFile(path: path), let header = try? CheckpointHeader(file),
      let time = header.savedAt
    {
      return time
    }
    var status = stat()
    guard stat(path, &status) == 0 else { return 0 }
    return Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
  }
}

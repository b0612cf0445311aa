import Foundation

/// The files of a save folder by fairseq's naming rules, and which of them are kept.
public struct CheckpointFolder: Sendable {
  /// What ends every checkpoint's name.
  public static let suffix = ".safetensors"

  /// What a name says of a checkpoint.
  package enum Name: Equatable, Sendable {
    /// `checkpoint3`: after an epoch.
    case epoch(Int)
    /// `checkpoint_3_500`: within an epoch, after so many updates.
    case updates(epoch: Int, updates: Int)
    /// `checkpoint.best_loss_3.123`: one of the best.
    case valued(metric: String, value: Double)
    /// `checkpoint_best`: the best.
    case best
    /// `checkpoint_last`: the latest.
    case last

    /// The file's name.
    package var fileName: String {
      switch self {
      case .epoch(let epoch): "checkpoint\(epoch)\(suffix)"
      case .updates(let epoch, let updates): "checkpoint_\(epoch)_\(updates)\(suffix)"
      case .valued(let metric, let value):
        "checkpoint.best_\(metric)_\(NumberText.fixed(value, 3))\(suffix)"
      case .best: "checkpoint_best\(suffix)"
      case .last: "checkpoint_last\(suffix)"
      }
    }

    /// Reads a file's name; nil when it is no checkpoint's.
    package init?(fileName: String) {
      guard let stem = fileName.removing(suffix: suffix), stem.hasPrefix("checkpoint") else {
        return nil
      }
      let rest = stem.dropFirst("checkpoint".count)
      if rest == "_best" {
        self = .best
      } else if rest == "_last" {
        self = .last
      } else if let epoch = Int(rest) {
        self = .epoch(epoch)
      } else if rest.hasPrefix(".best_"), let bar = rest.lastIndex(of: "_"),
        let value = Double(rest[rest.index(after: bar)...]),
        rest.distance(from: rest.startIndex, to: bar) > 6
      {
        self = .valued(metric: String(rest.dropFirst(6)[..<bar]), value: value)
      } else {
        let parts = rest.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty, let epoch = Int(parts[1]),
          let updates = Int(parts[2])
        else { return nil }
        self = .updates(epoch: epoch, updates: updates)
      }
    }
  }

  /// The folder.
  public let path: String

  /// Takes a folder, which need not exist.
  public init(_ path: String) { self.path = path }

  /// The path of a file in the folder.
  package func path(of name: Name) -> String {
    Paths.join(path, name.fileName)
  }

  /// The checkpoints there are, the latest or best first within each kind.
  ///
  /// - Parameter maximizes: whether larger values are better.
  package func names(maximizes: Bool = false) -> [Name] {
    let files = (try? Paths.names(in: path)) ?? []
    func rank(_ name: Name) -> (Int, Double) {
      switch name {
      case .last: (0, 0)
      case .best: (1, 0)
      case .epoch(let epoch): (2, -Double(epoch))
      case .updates(_, let updates): (3, -Double(updates))
      case .valued(_, let value): (4, maximizes ? -value : value)
      }
    }
    return files.compactMap(Name.init(fileName:)).sorted {
      rank($0) == rank($1) ? $0.fileName < $1.fileName : rank($0) < rank($1)
    }
  }

  /// Bytes that can still be written there; nil when that is not known.
  var freeBytes: Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int(status.f_bavail).multipliedReportingOverflow(by: Int(status.f_frsize)).partialValue
  }

  /// Makes the folder, takes the right to write to it, and removes what an earlier process left
  /// half-written.
  ///
  /// - Throws: `UserError` when the folder cannot be written, or another training writes to it.
  func prepare() throws -> FolderLock {
    guard (try? Paths.makeFolder(path)) != nil else {
      throw UserError("--save-dir \(path) cannot be made: choose a folder that can be written")
    }
    guard access(path, W_OK) == 0 else {
      throw UserError("--save-dir \(path) cannot be written: choose another folder")
    }
    let lock = try FolderLock(path)
    for file in (try? Paths.names(in: path)) ?? []
    where file.hasPrefix(".checkpoint") && file.hasSuffix(".partial") {
      Paths.remove(Paths.join(path, file))
    }
    return lock
  }
}

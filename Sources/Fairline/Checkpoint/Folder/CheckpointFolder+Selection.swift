extension CheckpointFolder {
  /// Which checkpoints of a folder are averaged.
  public enum Selection: Sendable, Equatable {
    /// The latest ones after epochs.
    case epochs(Int)
    /// The latest ones within epochs.
    case updates(Int)
    /// The ones with the best validation values.
    case best(Int)
  }

  /// The paths of the chosen checkpoints, the latest or best first.
  ///
  /// - Parameters:
  ///   - upperBound: the last epoch, or number of updates, that counts.
  ///   - maximizes: whether larger validation values are better.
  /// - Throws: `UserError` when there are fewer than asked for.
  public func paths(
    _ selection: Selection, upperBound: Int? = nil, maximizes: Bool = false
  ) throws -> [String] {
    let limit = upperBound ?? .max
    let found = names(maximizes: maximizes).filter { name in
      switch (selection, name) {
      case (.epochs, .epoch(let epoch)): epoch <= limit
      case (.updates, .updates(_, let updates)): updates <= limit
      case (.best, .valued): true
      default: false
      }
    }
    let count =
      switch selection {
      case .epochs(let n), .updates(let n), .best(let n): n
      }
    guard count > 0, found.count >= count else {
      throw UserError(
        "\(path) has \(found.count) such checkpoints and \(count) are asked for: "
          + "choose another number")
    }
    return found.prefix(count).map(path(of:))
  }
}

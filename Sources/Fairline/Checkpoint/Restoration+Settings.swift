import FairlineTensor

extension Restoration {
  /// Compares a component's settings with those that the checkpoint was trained with.
  ///
  /// - Parameter note: hears of those that are others now and may be.
  /// - Throws: `UserError` for one that makes the same numbers another model.
  func compare<Context, Product>(
    _ selection: Selection<Context, Product>, with saved: ComponentRecord?, kind: String,
    note: (String) -> Void
  ) throws {
    guard let saved, case .object(let before) = saved.settings,
      case .object(let now) = try selection.draft.settings()
    else { return }
    let changed = now.filter { key, value in
      before[key].map { !$0.means(value) } ?? false
    }
    let defining = selection.draft.definingSettings
    if let (key, value) = changed.first(where: { defining.contains($0.key) }) {
      throw UserError(
        "\(file.path) was trained with \(key) \(before[key]?.compactText ?? "none"), not "
          + "\(value.compactText): give the \(kind)'s flags as it was trained")
    }
    guard !changed.isEmpty else { return }
    let list = changed.map { key, value in
      "\(key) \(value.compactText) instead of \(before[key]?.compactText ?? "none")"
    }
    note("going on with other settings of the \(kind): \(list.joined(separator: ", "))")
  }

  /// Refuses a task that is not the checkpoint's: other dictionaries, where the file names none by
  /// their checksums, and settings that would make the same numbers another model.
  ///
  /// - Throws: `UserError` naming what differs.
  func check(_ task: any Task, _ components: TrainingComponents) throws {
    let saved = try components.catalog.tasks.select(file.header.task)
    if file.imported != nil, try !file.assets().isEmpty {
      let own = try saved.build(TaskContext(data: "", assets: file.assets()))
      for (name, value) in own.identity.sorted(by: { $0.key < $1.key }) {
        guard let other = task.identity[name], other != value else { continue }
        throw UserError(
          "\(file.path) has another \(name) than the data (\(value) instead of \(other)): "
            + "preprocess them with fairline-preprocess --model \(file.path)")
      }
    }
    guard saved.name == components.task.name, case .object(let before) = try saved.draft.settings(),
      case .object(let now) = try components.task.draft.settings()
    else { return }
    for key in components.task.draft.definingSettings {
      let (old, new) = (before[key] ?? .null, now[key] ?? .null)
      guard !old.means(new) else { continue }
      throw UserError(
        "\(file.path) was trained with \(key) \(old.compactText), not \(new.compactText): give "
          + "the task's flags as it was trained, or leave out --arch to take the model's settings")
    }
  }

  /// Refuses to go on with another exchange between ranks, which would be another training.
  ///
  /// - Throws: `UserError` that names the flag.
  func check(_ exchange: ExchangeSettings) throws {
    guard !resetsOptimizer, file.header.progress != nil else { return }
    let usual = try JSONValue(encoding: ExchangeSettings())
    let (saved, own) = (file.header.exchange ?? usual, try JSONValue(encoding: exchange))
    for name in ExchangeSettings.options.map({ $0.format.names[0] }) {
      let key = name.propertyName
      let (before, now) = (saved[key] ?? usual[key] ?? .null, own[key] ?? .null)
      guard !before.means(now) else { continue }
      throw UserError(
        "\(file.path) was trained with --\(name) \(before.compactText), not "
          + "\(now.compactText): give the flags as it was trained, or begin anew with "
          + "--reset-optimizer")
    }
  }

  /// Compares the settings of all components that shape a training.
  func compare(_ components: TrainingComponents, note: (String) -> Void) throws {
    let header = file.header
    try compare(
      components.architecture, with: header.architecture, kind: "architecture", note: note)
    if header.criterion?.name == components.criterion.name {
      try compare(components.criterion, with: header.criterion, kind: "criterion", note: note)
    }
    if header.scheduler?.name == components.scheduler.name {
      try compare(
        components.scheduler, with: header.scheduler, kind: "learning-rate scheduler", note: note)
    }
  }
}

extension JSONValue {
  /// Whether two settings are the same, however their numbers are written.
  fileprivate func means(_ other: JSONValue) -> Bool {
    if self == other { return true }
    if case .array(let own) = self, case .array(let others) = other {
      return own.count == others.count && zip(own, others).allSatisfy { $0.means($1) }
    }
    guard let number = doubleValue, let theirs = other.doubleValue else { return false }
    return number == theirs
  }
}

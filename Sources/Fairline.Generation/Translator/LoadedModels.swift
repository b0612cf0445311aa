public import Fairline
public import FairlineData

/// The models of a generation with their task.
public struct LoadedModels {
  /// The models.
  public let models: [any Model]
  /// The task that they were trained for.
  public let task: any GenerationTask

  /// Opens the files of models.
  ///
  /// - Parameters:
  ///   - paths: paths, separated by colons; a colon of a name stands behind a backslash.
  ///   - catalog: whose importers open what is no checkpoint.
  /// - Throws: `OptionError` when there are none; what `ModelFile` throws.
  public static func open(_ paths: String?, _ catalog: Catalog) throws -> [ModelFile] {
    let names = SeparatedList.parts(of: paths ?? "", at: ":").filter { !$0.isEmpty }
    guard !names.isEmpty else {
      throw OptionError.invalid("--path is missing: name the model, or several with colons")
    }
    return try names.map {
      try ModelFile.load($0, importers: catalog.importers)
    }
  }

  /// Builds task and models.
  ///
  /// - Parameters:
  ///   - files: the models' files; several are an ensemble.
  ///   - selection: the first file's task, with settings of the user's; nil for the saved ones.
  ///   - data: the folder of preprocessed data; empty when the files carry what is needed.
  ///   - overrides: settings of the models to lay over the saved ones; those of the task are the
  ///     selection's affair, see ``overrides(_:ofTask:)``.
  ///   - dataset: how data are opened.
  ///   - takesLonger: whether the task's longest sentences were asked for, so that models which
  ///     can are built to take them.
  ///   - forSearch: whether the models are only searched with.
  ///   - note: receives sentences for the user.
  /// - Throws: `UserError` when the task does not generate, or the files do not belong together.
  public init(
    _ files: [ModelFile], _ catalog: Catalog,
    task selection: Selection<TaskContext, any Task>? = nil, data: String = "",
    overrides: JSONValue = [:], dataset: DatasetSettings = DatasetSettings(),
    takesLonger: Bool = false, forSearch: Bool = true,
    note: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    precondition(!files.isEmpty, "there must be a model")
    let selection = try selection ?? catalog.tasks.select(files[0].header.task)
    let assets = try files[0].assets()
    let built = try selection.build(
      TaskContext(data: data, assets: assets, dataset: dataset, note: note))
    guard let task = built as? any GenerationTask else {
      throw UserError(
        "\(files[0].path) was trained for the task '\(files[0].header.task.name)', "
          + "which does not generate"
      )
    }
    for file in files { try file.check(against: task) }
    try task.checkText()
    let changes = try Self.overrides(overrides, ofTask: selection.draft).model
    models = try files.map { file in
      guard takesLonger else {
        return try file.makeModel(catalog, overrides: changes, forSearch: forSearch)
      }
      return try Self.makeLonger(file, task, catalog, changes, forSearch)
    }
    for model in models { task.restrict(toMaximumPositions: model.maximumPositions) }
    self.task = task
  }

  /// The longest sources and targets that task and models take, ends included.
  public var lengthLimits: LengthLimits {
    models.reduce(task.lengthLimits) { limits, model in
      limits.limited(
        by: LengthLimits(
          source: model.maximumPositions.source, target: model.maximumPositions.target))
    }
  }

  /// A model that takes the task's longest sentences, where its positions are computed.
  private static func makeLonger(
    _ file: ModelFile, _ task: any Task, _ catalog: Catalog, _ overrides: JSONValue,
    _ forSearch: Bool
  ) throws -> any Model {
    let (own, wanted) = (file.header.description, task.description)
    var longer = own
    longer.maximumSourcePositions = max(own.maximumSourcePositions, wanted.maximumSourcePositions)
    longer.maximumTargetPositions = max(own.maximumTargetPositions, wanted.maximumTargetPositions)
    func make(_ description: TaskDescription) throws -> any Model {
      try file.makeModel(
        catalog, overrides: overrides, forSearch: forSearch, description: description)
    }
    do { return try make(longer) } catch {
      guard longer != own, (try? make(own)) != nil else { throw error }
      throw UserError(
        "\(file.path) has learned the positions of \(own.maximumSourcePositions) source and "
          + "\(own.maximumTargetPositions) target symbols and takes no more: "
          + "leave --max-source-positions and --max-target-positions at most at these")
    }
  }

  /// Divides settings that lie over saved ones into those of a task and those of its models.
  ///
  /// They may be written as flags are, with underscores or dashes.
  ///
  /// - Throws: `OptionError` for what is no object of settings.
  public static func overrides(
    _ overrides: JSONValue, ofTask draft: any AnyDraft
  ) throws -> (task: JSONValue, model: JSONValue) {
    guard case .object(let members) = overrides else {
      throw OptionError.invalid(
        "--model-overrides: '\(overrides.compactText)' is no JSON object of settings, such as "
          + "{\"max_target_positions\": 512}")
    }
    let names = Set(draft.formats.map(\.names[0].propertyName))
    var (task, model) = (JSONObject(), JSONObject())
    for (key, value) in members {
      let name = key.propertyName
      if names.contains(name) { task[name] = value } else { model[name] = value }
    }
    return (.object(task), .object(model))
  }
}

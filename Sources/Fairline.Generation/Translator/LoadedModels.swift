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
  ///   - paths: paths, separated by colons.
  ///   - catalog: whose importers open what is no checkpoint.
  /// - Throws: `OptionError` when there are none; what `ModelFile` throws.
  public static func open(_ paths: String?, _ catalog: Catalog) throws -> [ModelFile] {
    guard let paths, !paths.isEmpty else {
      throw OptionError.invalid("--path is missing: name the model, or several with colons")
    }
    return try paths.split(separator: ":").map {
      try ModelFile.load(String($0), importers: catalog.importers)
    }
  }

  /// Builds task and models.
  ///
  /// - Parameters:
  ///   - files: the models' files; several are an ensemble.
  ///   - selection: the first file's task, with settings of the user's; nil for the saved ones.
  ///   - data: the folder of preprocessed data; empty when the files carry what is needed.
  ///   - overrides: settings of the models to lay over the saved ones.
  ///   - forSearch: whether the models are only searched with.
  /// - Throws: `UserError` when the task does not generate, or the files do not belong together.
  public init(
    _ files: [ModelFile], _ catalog: Catalog,
    task selection: Selection<TaskContext, any Task>? = nil, data: String = "",
    overrides: JSONValue = [:], forSearch: Bool = true
  ) throws {
    precondition(!files.isEmpty, "there must be a model")
    let selection = try selection ?? catalog.tasks.select(files[0].header.task)
    let assets = try files[0].assets()
    let built = try selection.build(TaskContext(data: data, assets: assets))
    guard let task = built as? any GenerationTask else {
      throw UserError(
        "\(files[0].path) was trained for the task '\(files[0].header.task.name)', "
          + "which does not generate"
      )
    }
    for file in files { try Self.check(file, against: task) }
    let changes = Self.camelCased(overrides)
    models = try files.map {
      try $0.makeModel(catalog, overrides: changes, forSearch: forSearch)
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

  private static func check(_ file: ModelFile, against task: any Task) throws {
    for (name, value) in file.header.identity.sorted(by: { $0.key < $1.key }) {
      guard let own = task.identity[name], own != value else { continue }
      throw UserError(
        "\(file.path) was trained with another \(name) "
          + "(\(value) instead of \(own)): use the data it was trained on"
      )
    }
    let (model, data) = (file.header.description, task.description)
    guard model.sourceSymbols == data.sourceSymbols, model.targetSymbols == data.targetSymbols
    else {
      throw UserError(
        "\(file.path) has \(model.sourceSymbols) source and \(model.targetSymbols) target "
          + "symbols, the dictionaries \(data.sourceSymbols) and \(data.targetSymbols): "
          + "use the dictionaries it was trained with"
      )
    }
  }

  /// Overrides may be written as flags are, with underscores or dashes.
  private static func camelCased(_ overrides: JSONValue) -> JSONValue {
    guard case .object(let members) = overrides else { return overrides }
    var result = JSONObject()
    for (key, value) in members {
      result[PropertyName.of(key)] = value
    }
    return .object(result)
  }
}

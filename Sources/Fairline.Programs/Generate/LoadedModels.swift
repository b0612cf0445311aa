import Fairline
import FairlineTasks
import FairlineData
import Foundation

/// The models of a generation with their task, as the command line names them.
struct LoadedModels {
  let models: [any Model]
  let task: TranslationTask

  /// The paths of `--path`, and what the first file says.
  static func open(_ paths: String?) throws -> [ModelFile] {
    guard let paths, !paths.isEmpty else {
      throw OptionError.invalid("--path is missing: name the model, or several with colons")
    }
    return try paths.split(separator: ":").map { try ModelFile.load(String($0)) }
  }

  /// Builds task and models.
  ///
  /// - Parameters:
  ///   - task: the first file's task, with the command line's settings.
  ///   - forSearch: whether the models are only searched with.
  init(
    _ files: [ModelFile], _ catalog: Catalog, task selection: Selection<TaskContext, any Task>,
    data: String, overrides: JSONValue, forSearch: Bool
  ) throws {
    let assets = try files[0].assets()
    let built = try selection.build(TaskContext(data: data, assets: assets))
    guard let task = built as? TranslationTask else {
      throw UserError(
        "\(files[0].path) was trained for the task '\(selection.name)', which does not translate"
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

  private static func check(_ file: ModelFile, against task: TranslationTask) throws {
    for (name, value) in file.header.identity.sorted(by: { $0.key < $1.key }) {
      guard let own = task.identity[name], own != value else { continue }
      throw UserError(
        "\(file.path) was trained with another \(name) (\(value) instead of \(own)): use the data it was trained on"
      )
    }
    let (model, data) = (file.header.description, task.description)
    guard model.sourceSymbols == data.sourceSymbols, model.targetSymbols == data.targetSymbols
    else {
      throw UserError(
        "\(file.path) has \(model.sourceSymbols) source and \(model.targetSymbols) target symbols, the dictionaries \(data.sourceSymbols) and \(data.targetSymbols): use the dictionaries it was trained with"
      )
    }
  }

  /// Overrides may be written as flags are, with underscores or dashes.
  private static func camelCased(_ overrides: JSONValue) -> JSONValue {
    guard case .object(let members) = overrides else { return overrides }
    var result = JSONObject()
    for (key, value) in members {
      let words = key.split { $0 == "_" || $0 == "-" }
      let name = words.dropFirst().reduce(String(words.first ?? "")) {
        $0 + $1.prefix(1).uppercased() + $1.dropFirst()
      }
      result[name] = value
    }
    return .object(result)
  }
}

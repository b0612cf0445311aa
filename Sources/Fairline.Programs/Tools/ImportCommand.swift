public import Fairline
import FairlineTensor

/// The settings of `fairline-import`.
struct ImportSettings: ConversionSettings {
  /// How weights are rounded.
  enum Rounding: String, CaseIterable, Codable, Sendable, OptionValue {
    case none
    case int8
  }

  var model = ""
  var to = ""
  var quantize = Rounding.none
  var data: String?

  static var options: [Option<Self>] {
    [
      Option(
        positional: "model", \.model, "file or folder of another program's model"),
      Option("to", \.to, "file to write"),
      Option("quantize", \.quantize, "round weights to 8 bit integers, for translation only"),
      Option(
        "data", \.data, "folder of dictionaries, for models that lie without them",
        value: "FOLDER"),
    ]
  }
}

/// What `fairline-import` runs.
public enum ImportCommand {
  /// Reads another program's model, tells what it is, and writes it as one file, as the command
  /// line says; gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: the architecture of the model at least.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type], program: String = "fairline-import",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.run(
      program, "Makes one file of another program's model, with its tokenizers inside.", arguments,
      Draft("Import", ImportSettings())
    ) { settings in
      try settings.checkFiles("name its file or folder")
      try run(settings, try Catalog.standard(with: plugins))
    }
  }

  private static func run(_ settings: ImportSettings, _ catalog: Catalog) throws {
    let file = try ModelFile.load(settings.model, importers: catalog.importers)
    guard let imported = file.imported else {
      throw UserError(
        "\(settings.model) is a checkpoint of Fairline already: use it as it is")
    }
    guard settings.data != nil || !imported.assets.isEmpty else {
      throw UserError(
        "\(settings.model) has no dictionaries beside it: give their folder with --data")
    }
    let task = try file.makeTask(catalog, data: settings.data ?? "")
    try file.check(against: task)
    let model = try file.makeModel(catalog)
    for line in ImportReport(file, imported, task, model.parameters).lines {
      Program.note(line)
    }
    // What the file lacks stands at its default, and what no architecture has is left out.
    var header = file.header
    let architecture = try catalog.architectures.select(header.architecture)
    header.architecture = try ComponentRecord(architecture)
    header.task = try ComponentRecord(catalog.tasks.select(header.task))
    header.identity = task.identity
    let contents = CheckpointContents(
      header: header, parameters: model.parameters, assets: task.assets)
    if settings.quantize == .int8 {
      try QuantizedFile.write(contents, to: settings.to)
    } else {
      try contents.write(to: settings.to)
    }
    Program.note("wrote \(settings.to)")
  }
}

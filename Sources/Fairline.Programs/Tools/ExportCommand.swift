public import Fairline
import FairlineData

/// The settings of `fairline-export`.
struct ExportSettings: ConversionSettings {
  var model = ""
  var format = ""
  var to = ""
  var quantize = ImportSettings.Rounding.none
  var data: String?

  static var options: [Option<Self>] {
    [
      Option(
        positional: "model", \.model, "checkpoint, or file or folder of another program's model"),
      Option("format", \.format, "what to write: huggingface or ctranslate2"),
      Option("to", \.to, "folder to write", value: "FOLDER"),
      Option("quantize", \.quantize, "round weights to 8 bit integers, where the format has them"),
      Option(
        "data", \.data, "folder of dictionaries, for models that lie without them",
        value: "FOLDER"),
    ]
  }
}

/// What `fairline-export` runs.
public enum ExportCommand {
  /// Writes a model as a folder of another program, as the command line says, and gives the exit
  /// code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: the architecture of the model at least.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type], program: String = "fairline-export",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.run(
      program, "Writes a model as a folder of another program.", arguments,
      Draft("Export", ExportSettings())
    ) { settings in
      guard !settings.format.isEmpty else { throw OptionError.missing("--format") }
      try settings.checkFiles("name its file")
      try run(settings, try Catalog.standard(with: plugins))
    }
  }

  private static func run(_ settings: ExportSettings, _ catalog: Catalog) throws {
    let exporter = try catalog.exporters[settings.format]
    if Paths.exists(settings.to) {
      guard Paths.isFolder(settings.to), try Paths.names(in: settings.to).isEmpty else {
        throw UserError("--to \(settings.to) is there and not empty: name a new folder")
      }
    }
    let file = try ModelFile.load(settings.model, importers: catalog.importers)
    let model = try ExportedModel(
      file, catalog, data: settings.data ?? "", isRounded: settings.quantize == .int8)
    let folder = try StagedFolder(settings.to, removedWhenStopped: true)
    let notes = try exporter.write(model, to: folder.staging)
    let names = try Paths.names(in: folder.staging)
    try folder.commit()
    for note in notes { Program.note("note: \(note)") }
    Program.note("wrote \(settings.to): \(names.joined(separator: ", "))")
  }
}

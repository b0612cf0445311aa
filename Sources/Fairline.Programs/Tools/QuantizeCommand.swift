public import Fairline

/// The settings of `fairline-quantize`.
struct QuantizeSettings: ConversionSettings {
  var model = ""
  var to = ""

  static var options: [Option<Self>] {
    [
      Option(positional: "model", \.model, "checkpoint to round"),
      Option("to", \.to, "file to write"),
    ]
  }
}

/// What `fairline-quantize` runs.
public enum QuantizeCommand {
  /// Rounds a model's weights as the command line says, and gives the exit code.
  ///
  /// - Parameters:
  ///   - plugins: what is added to the catalogue: the architecture of the model at least.
  ///   - arguments: the arguments without the program's name.
  public static func main(
    plugins: [any Plugin.Type], program: String = "fairline-quantize",
    arguments: [String] = Array(CommandLine.arguments.dropFirst())
  ) -> Int32 {
    Program.run(
      program, "Rounds a model's weights to 8 bit integers, for translation only.", arguments,
      Draft("Quantising", QuantizeSettings())
    ) { settings in
      try settings.checkFiles("name the checkpoint to round")
      let catalog = try Catalog.standard(with: plugins)
      let model = try ModelFile.load(settings.model, importers: catalog.importers)
      try QuantizedFile.write(model, catalog, to: settings.to)
      Program.note("rounded \(settings.model) to 8 bit integers in \(settings.to)")
    }
  }
}

public import Fairline

/// The settings of `fairline-quantize`.
struct QuantizeSettings: Configuration {
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
    Program.run(program) {
      let draft = Draft("Quantising", QuantizeSettings())
      let parser = try CommandLineParser(
        program: program,
        summary: "Rounds a model's weights to 8 bit integers, for translation only.",
        drafts: [draft])
      let parsed = try parser.parse(arguments)
      parsed.warnings.forEach { Program.note("\(program): \($0)") }
      let version = "\(program) \(Program.fairlineVersion)"
      if try Program.answer(parsed.request, parser, version: version) { return }
      let settings = draft.value
      guard !settings.model.isEmpty else {
        throw OptionError.invalid("the model is missing: name the checkpoint to round")
      }
      guard !settings.to.isEmpty else { throw OptionError.missing("--to") }
      let catalog = try Catalog.standard(with: plugins)
      let model = try ModelFile.load(settings.model, importers: catalog.importers)
      try QuantizedFile.write(model, catalog, to: settings.to)
      Program.note("rounded \(settings.model) to 8 bit integers in \(settings.to)")
    }
  }
}

import Fairline

extension StudySettings {
  /// Reads a command line; nil when it only asked for information, which is printed.
  ///
  /// - Throws: ``OptionError`` for what is not understood.
  package static func read(_ program: String, _ arguments: [String]) throws -> Self? {
    let first = Draft("Study", StudySettings())
    _ = try CommandLineParser(program: program, drafts: [first]).parse(
      arguments, ignoringUnknown: true)
    var preset = StudySettings()
    if first.value.quick {
      preset = quickPreset
      preset.quick = false  // The flag itself is read with the others.
    }
    let draft = Draft("Study", preset)
    let parser = try CommandLineParser(
      program: program,
      summary: "Re-runs the 2019 study of the neural-ODE Transformer under equal conditions.",
      drafts: [draft])
    let version = "\(program) of Fairline \(Program.fairlineVersion)"
    if try Program.read(arguments, with: parser, version: version) == nil { return nil }
    if draft.value.list {
      try Program.put(StudyRow.listing)
      return nil
    }
    try draft.value.check()
    return draft.value
  }

  /// Refuses settings that mean nothing.
  package func check() throws {
    guard !data.isEmpty else {
      throw OptionError.invalid(
        "the data folder is missing: name the folder that fairline-preprocess wrote")
    }
    try checkRanges()
    guard width % heads == 0 else {
      throw OptionError.invalid("--width \(width) is not a multiple of --heads \(heads)")
    }
    _ = try chosenRows()
  }

  /// The rows to train, in order.
  package func chosenRows() throws -> [StudyRow] {
    let all = StudyRow.all(layers: layers)
    guard let rows else { return all }
    let names = rows.split(separator: ",").map(String.init)
    for name in names where !all.contains(where: { $0.name == name }) {
      let known = all.map(\.name).joined(separator: ", ")
      throw OptionError.invalid("--rows: there is no row '\(name)': choose of \(known)")
    }
    return all.filter { names.contains($0.name) }
  }
}

/// A JSON file of settings under the names of the flags.
///
/// `{"arch": "transformer", "max_tokens": 4096, "adam-betas": [0.9, 0.98]}`; dashes and
/// underscores are the same. An object whose name is no flag is a section, and only a heading.
/// `null` sets an optional setting to none.
struct ConfigurationFile {
  private let path: String
  private let settings: JSONObject

  /// Reads a file; throws ``OptionError/badFile(path:reason:)``.
  init(path: String) throws {
    let bytes: [UInt8]
    do { bytes = try readBytes(of: path) } catch {
      let reason = Paths.isFolder(path) ? "it is a folder, not a file" : "the file cannot be read"
      throw OptionError.badFile(path: path, reason: reason)
    }
    do {
      let value = try bytes.withUnsafeBytes { try JSONValue(parsing: $0) }
      guard case .object(let members) = value else {
        throw JSONError("there must be one object of settings")
      }
      settings = members
    } catch let error as JSONError {
      throw OptionError.badFile(path: path, reason: "not valid JSON: \(error)")
    }
    self.path = path
  }

  func apply(
    to parser: CommandLineParser, ignoringUnknown: Bool, _ result: inout ParsedCommandLine
  ) throws {
    try apply(settings, to: parser, ignoringUnknown: ignoringUnknown, &result)
  }

  private func apply(
    _ members: JSONObject, to parser: CommandLineParser, ignoringUnknown: Bool,
    _ result: inout ParsedCommandLine
  ) throws {
    for (key, value) in members {
      let name = key.flagName
      let flag = name.count == 1 ? "-" + name : "--" + name
      if let place = parser.table[flag]
        ?? parser.positionals.first(where: { $0.format.flag == name })
      {
        try assign(value, to: place, &result)
      } else if case .object(let section) = value {
        try apply(section, to: parser, ignoringUnknown: ignoringUnknown, &result)
      } else if let ignored = parser.ignored[flag] {
        let reason = "\(flag) in \(path) has no effect: \(ignored.reason)"
        if !ignoringUnknown { result.warnings.append(reason) }
      } else if !ignoringUnknown {
        throw parser.unknown(flag, file: path)
      }
    }
  }

  private func assign(
    _ value: JSONValue, to place: CommandLineParser.Place, _ result: inout ParsedCommandLine
  ) throws {
    if value == .null {
      guard place.draft.clear(at: place.index) else { return }
    } else {
      try place.draft.assign(Self.text(of: value), at: place.index)
    }
    result.given.insert(place.format.names[0])
  }

  private static func text(of value: JSONValue) -> String {
    switch value {
    case .string(let text): text
    case .array(let elements): ListText.joined(elements.map(text))
    default: value.compactText
    }
  }
}

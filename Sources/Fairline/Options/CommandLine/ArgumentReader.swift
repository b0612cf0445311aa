/// One walk over a list of arguments.
struct ArgumentReader {
  private let parser: CommandLineParser
  private let arguments: [String]
  private let ignoringUnknown: Bool
  private var position = 0
  private var loose: [String] = []
  var result = ParsedCommandLine()

  init(parser: CommandLineParser, _ arguments: [String], ignoringUnknown: Bool) {
    self.parser = parser
    self.arguments = arguments
    self.ignoringUnknown = ignoringUnknown
  }

  mutating func readAll() throws {
    if let path = try configurationPath() {
      let file = try ConfigurationFile(path: path)
      try file.apply(to: parser, ignoringUnknown: ignoringUnknown, &result)
    }
    while position < arguments.count {
      let argument = arguments[position]
      position += 1
      if argument == "--" {
        loose += arguments[position...]
        break
      } else if Self.looksLikeFlag(argument) {
        try readFlag(argument)
      } else {
        loose.append(argument)
      }
    }
    if !ignoringUnknown { try assignPositionals() }
  }

  /// A flag starts with two dashes, or with one dash and a letter.
  private static func looksLikeFlag(_ argument: String) -> Bool {
    if argument.hasPrefix("--") { return argument.count > 2 }
    guard argument.hasPrefix("-"), let second = argument.dropFirst().first else { return false }
    return second.isLetter && Double(argument) == nil
  }

  private var nextIsValue: Bool {
    position < arguments.count && arguments[position] != "--"
      && !Self.looksLikeFlag(arguments[position])
  }

  private func configurationPath() throws -> String? {
    var path: String?
    for (index, argument) in arguments.enumerated() {
      if argument == "--" { break }
      if argument.hasPrefix("--config=") { path = String(argument.dropFirst(9)) }
      guard argument == "--config" else { continue }
      guard index + 1 < arguments.count, !Self.looksLikeFlag(arguments[index + 1]) else {
        throw OptionError.missingValue(flag: "--config", placeholder: "FILE")
      }
      path = arguments[index + 1]
    }
    return path
  }

  private mutating func readFlag(_ argument: String) throws {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let flag = String(parts[0])
    let inline = parts.count > 1 ? String(parts[1]) : nil
    if BuiltInOptions.flags.contains(flag) {
      try readBuiltIn(flag, inline)
    } else if let place = parser.table[flag], place.format.arity != .positional {
      try assign(place, flag, inline)
    } else if let place = parser.negated(flag) {
      let value = try switchValue(flag, inline) ?? true
      try set(place, (!value).optionText)
    } else if let ignored = parser.ignored[flag] {
      skipIgnored(flag, ignored, inline)
    } else if !ignoringUnknown {
      throw parser.unknown(flag)
    }
  }

  private mutating func readBuiltIn(_ flag: String, _ inline: String?) throws {
    switch flag {
    case "--help", "-h": result.request = .help
    case "--version": result.request = result.request ?? .version
    case "--print-config": result.request = result.request ?? .settings
    case "--completion":
      let text = try inline ?? takeValue(flag, Shell.optionPlaceholder)
      guard let shell = Shell(optionText: text) else {
        throw OptionError.badValue(flag: flag, text: text, expected: Shell.optionExpectation)
      }
      result.request = .completion(shell)
    default:  // --config: read before everything else
      if inline == nil { position += 1 }
    }
  }

  private mutating func assign(
    _ place: CommandLineParser.Place, _ flag: String, _ inline: String?
  ) throws {
    switch place.format.arity {
    case .flag:
      let value = try switchValue(flag, inline)
      if value == nil, place.preset == "true" {
        result.warnings.append(
          "\(flag) is on by default; \(flag) false or --no-\(place.format.names[0]) turns it off")
      }
      try set(place, (value ?? true).optionText)
    case .optionalValue(let bare):
      try set(place, inline ?? (nextIsValue ? takeValue(flag, "") : bare))
    case .list:
      var values = [try inline ?? takeValue(flag, place.format.placeholder)]
      while inline == nil, nextIsValue { values.append(try takeValue(flag, "")) }
      try set(place, values.count == 1 ? values[0] : ListText.joined(values))
    case .value, .positional:
      try set(place, try inline ?? takeValue(flag, place.format.placeholder))
    }
  }

  /// The truth value written after a switch, or nil when none is.
  private mutating func switchValue(_ flag: String, _ inline: String?) throws -> Bool? {
    if let inline {
      guard let value = Bool(optionText: inline) else {
        throw OptionError.badValue(flag: flag, text: inline, expected: Bool.optionExpectation)
      }
      return value
    }
    guard position < arguments.count,
      ["true", "false", "True", "False"].contains(arguments[position])
    else { return nil }
    position += 1
    return Bool(optionText: arguments[position - 1])
  }

  private mutating func takeValue(_ flag: String, _ placeholder: String) throws -> String {
    guard nextIsValue else {
      throw OptionError.missingValue(flag: flag, placeholder: placeholder)
    }
    position += 1
    return arguments[position - 1]
  }

  private mutating func skipIgnored(
    _ flag: String, _ ignored: IgnoredFlags.Entry, _ inline: String?
  ) {
    if inline == nil, nextIsValue {
      let next = arguments[position].lowercased()
      if ignored.takesValue || next == "true" || next == "false" { position += 1 }
    }
    if !ignoringUnknown { result.warnings.append("\(flag) has no effect: \(ignored.reason)") }
  }

  private mutating func set(_ place: CommandLineParser.Place, _ text: String) throws {
    try place.draft.assign(text, at: place.index)
    result.given.insert(place.format.names[0])
  }

  private mutating func assignPositionals() throws {
    var rest = loose[...]
    for place in parser.positionals {
      guard !rest.isEmpty else { return }
      if place.format.isRepeated {
        try set(place, ListText.joined(Array(rest)))
        rest = []
      } else {
        try set(place, rest.removeFirst())
      }
    }
    if let extra = rest.first { throw OptionError.unexpectedArgument(extra) }
  }
}

/// The flags that every program has.
enum BuiltInOptions {
  static let formats = [
    OptionFormat(
      names: ["help", "h"], help: "print the flags of the chosen components and exit",
      placeholder: "", choices: nil, arity: .flag),
    OptionFormat(
      names: ["version"], help: "print the version and exit", placeholder: "", choices: nil,
      arity: .flag),
    OptionFormat(
      names: ["config"], help: "read settings from a JSON file; flags on the command line win",
      placeholder: "FILE", choices: nil, arity: .value),
    OptionFormat(
      names: ["print-config"], help: "print the resolved settings as JSON and exit",
      placeholder: "", choices: nil, arity: .flag),
    OptionFormat(
      names: ["completion"], help: "print a completion script for a shell and exit",
      placeholder: Shell.optionPlaceholder, choices: Shell.optionChoices, arity: .value),
  ]

  static var flags: [String] { formats.flatMap(\.flags) }
}

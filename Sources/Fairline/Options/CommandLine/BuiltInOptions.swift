/// The flags that every program has.
enum BuiltInOptions {
  static let formats = [
    OptionFormat(
      names: ["help", "h"], help: "show the flags of the chosen components and end",
      placeholder: "", choices: nil, arity: .flag),
    OptionFormat(
      names: ["version"], help: "show the version and end", placeholder: "", choices: nil,
      arity: .flag),
    OptionFormat(
      names: ["config"], help: "read settings from a JSON file; flags given here win",
      placeholder: "FILE", choices: nil, arity: .value),
    OptionFormat(
      names: ["print-config"], help: "show the resolved settings as JSON and end",
      placeholder: "", choices: nil, arity: .flag),
    OptionFormat(
      names: ["completion"], help: "print a completion script for a shell and end",
      placeholder: Shell.optionPlaceholder, choices: Shell.optionChoices, arity: .value),
  ]

  static var flags: [String] { formats.flatMap(\.flags) }
}

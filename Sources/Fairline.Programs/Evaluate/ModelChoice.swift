import Fairline

/// Which models a program evaluates.
struct ModelChoice: Configuration {
  var path: String?
  var modelOverrides: JSONValue = [:]

  static var options: [Option<Self>] {
    [
      Option("path", \.path, "model file; several, separated by colons, are an ensemble"),
      Option("model-overrides", \.modelOverrides, "settings that replace the saved ones, as JSON"),
    ]
  }
}

import Fairline

/// What programs that compute little have in common.
struct ListSettings: Configuration {
  var list = false

  static var options: [Option<Self>] {
    [Option("list", \.list, "print all tasks, architectures, criteria and so on, and exit")]
  }
}

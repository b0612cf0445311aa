import Fairline

/// What programs that compute little have in common.
struct ListSettings: Configuration {
  var list = false

  static var options: [Option<Self>] {
    [Option("list", \.list, "print every task, architecture, criterion, ... and end")]
  }
}

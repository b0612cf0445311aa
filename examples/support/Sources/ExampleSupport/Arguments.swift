import Foundation

/// The options of an example, `--name VALUE` or `--name`.
public struct Arguments {
  private var rest: [String]
  private let usage: String

  /// Reads the command line.
  ///
  /// - Parameter usage: what is shown when it is wrong, or asked for.
  public init(usage: String) {
    rest = Array(CommandLine.arguments.dropFirst())
    self.usage = usage
    if rest.contains("--help") || rest.contains("-h") {
      print(usage)
      exit(0)
    }
  }

  /// Whether a flag is given.
  public mutating func flag(_ name: String) -> Bool {
    let isGiven = rest.contains(name)
    rest.removeAll { $0 == name }
    return isGiven
  }

  /// The value of an option; nil when it is not given.
  public mutating func value(_ name: String) -> String? {
    guard let place = rest.firstIndex(of: name) else { return nil }
    guard place + 1 < rest.count else { fail("\(name) needs a value") }
    defer { rest.removeSubrange(place...(place + 1)) }
    return rest[place + 1]
  }

  /// The first word, when it is one of these commands.
  public mutating func command(of words: [String]) -> String? {
    guard let first = rest.first, words.contains(first) else { return nil }
    return rest.removeFirst()
  }

  /// The words that belong to no option; asked for when all options have been.
  public mutating func words() -> [String] {
    let words = rest.filter { !$0.hasPrefix("-") }
    rest.removeAll { !$0.hasPrefix("-") }
    return words
  }

  /// The value of an option that must be one of some words; the first when it is not given.
  public mutating func choice(_ name: String, _ words: [String]) -> String {
    guard let word = value(name) else { return words[0] }
    guard words.contains(word) else {
      fail("\(name): '\(word)' is none of \(words.joined(separator: ", "))")
    }
    return word
  }

  /// The value of an option that must be a whole number above zero.
  public mutating func count(_ name: String, default standard: Int) -> Int {
    guard let word = value(name) else { return standard }
    guard let number = Int(word), number > 0 else {
      fail("\(name): '\(word)' is not a whole number above zero")
    }
    return number
  }

  /// Ends the program when something is left that nobody asked for.
  public func finish() {
    if let first = rest.first { fail("unknown option '\(first)'") }
  }

  /// Ends the program with a reason and the usage.
  public func fail(_ reason: String) -> Never {
    FileHandle.standardError.write(Data("\(reason)\n\(usage)\n".utf8))
    exit(2)
  }
}

/// Prints a line at once, also into a pipe.
public func report(_ line: String) {
  print(line)
  fflush(nil)
}

/// A number with a fixed number of digits after the point.
public func digits(_ value: Double, _ count: Int) -> String {
  String(format: "%.\(count)f", value)
}

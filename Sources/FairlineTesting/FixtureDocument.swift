public import Fairline
public import Foundation

/// Golden values of one JSON file.
public struct FixtureDocument: Sendable, CustomStringConvertible {
  /// The file.
  public let url: URL
  /// What it says.
  public let value: JSONValue

  /// Reads a file.
  ///
  /// - Throws: what reading or parsing it throws.
  public init(_ url: URL) throws {
    self.url = url
    value = try FixtureFolder.json(url)
  }

  /// The file's name without its extension.
  public var description: String { url.deletingPathExtension().lastPathComponent }

  /// Whether there is a member of this name, or, with a name behind a dot, a list of objects whose
  /// first has such a member.
  public func holds(_ path: String) -> Bool {
    let names = path.split(separator: ".").map(String.init)
    guard let member = names.first.flatMap({ value[$0] }) else { return false }
    return names.count == 1 || member.arrayValue?.first?[names[1]] != nil
  }
}

package import Fairline
package import Foundation

/// Golden values of one JSON file.
package struct FixtureDocument: Sendable, CustomStringConvertible {
  /// The file.
  package let url: URL
  /// What it says.
  package let value: JSONValue

  /// Reads a file.
  ///
  /// - Throws: what reading or parsing it throws.
  package init(_ url: URL) throws {
    self.url = url
    value = try FixtureFolder.json(url)
  }

  /// The file's name without its extension.
  package var description: String { url.deletingPathExtension().lastPathComponent }

  /// Whether there is a member of this name, or, with a name behind a dot, a list of objects whose
  /// first has such a member.
  package func holds(_ path: String) -> Bool {
    let names = path.split(separator: ".").map(String.init)
    guard let member = names.first.flatMap({ value[$0] }) else { return false }
    return names.count == 1 || member.arrayValue?.first?[names[1]] != nil
  }
}

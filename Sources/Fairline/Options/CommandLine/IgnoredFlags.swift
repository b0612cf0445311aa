/// Flags that are accepted without effect, so that command lines written for fairseq work, and
/// flags that are refused with a remedy.
public struct IgnoredFlags: Sendable {
  /// A flag without effect.
  public struct Entry: Sendable {
    /// Whether a value follows.
    var takesValue: Bool
    /// Why it has no effect, as a clause.
    public var reason: String
  }

  private var entries: [String: Entry] = [:]
  /// Flags that are errors, with the remedy as a clause.
  package var refused: [String: String] = [:]

  /// No flags at all.
  public static let none = IgnoredFlags()

  /// The entry of a flag (with its dashes).
  public subscript(flag: String) -> Entry? { entries[flag] }

  /// Adds flags (without dashes) for one reason.
  public mutating func add(_ names: [String], takesValue: Bool, because reason: String) {
    for name in names { entries["--" + name] = Entry(takesValue: takesValue, reason: reason) }
  }

  /// Refuses flags (without dashes) with one remedy.
  public mutating func refuse(_ names: [String], because remedy: String) {
    for name in names { refused["--" + name] = remedy }
  }
}

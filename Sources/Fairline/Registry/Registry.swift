/// A registry whatever its entries are: what a catalogue lists.
protocol AnyRegistry: Sendable {
  /// What the entries are, in the singular.
  var kind: String { get }
  /// All names, sorted.
  var names: [String] { get }
  /// The names with their summaries, one a line.
  var listing: String { get }
  /// Fresh settings of each entry that is a ``Component``, in the order of the names.
  var drafts: [any AnyDraft] { get }
}

/// Named entries of one kind: architectures, tasks, criteria, optimizers, schedulers.
///
/// A value without global state: a program fills it, then passes it down.
public struct Registry<Entry: Sendable>: AnyRegistry {
  /// What the entries are, in the singular: `architecture`.
  public let kind: String
  private var entries: [String: (entry: Entry, summary: String)] = [:]

  /// A registry without entries.
  public init(kind: String) { self.kind = kind }

  /// All names, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// Adds an entry; throws ``RegistryError/duplicate(kind:name:)``.
  ///
  /// - Parameters:
  ///   - name: what users write to choose it.
  ///   - summary: one line for the list of names.
  ///   - entry: what the name stands for.
  public mutating func add(_ name: String, _ summary: String, _ entry: Entry) throws {
    guard entries[name] == nil else { throw RegistryError.duplicate(kind: kind, name: name) }
    entries[name] = (entry, summary)
  }

  /// The entry of a name; throws ``RegistryError/unknown(kind:name:known:)``.
  public subscript(name: String) -> Entry {
    get throws {
      guard let found = entries[name] else {
        throw RegistryError.unknown(kind: kind, name: name, known: names)
      }
      return found.entry
    }
  }

  /// Whether there is an entry of this name.
  public func contains(_ name: String) -> Bool { entries[name] != nil }

  /// The one-line summary of a name; empty for an unknown one.
  public func summary(of name: String) -> String { entries[name]?.summary ?? "" }

  /// Fresh settings of each entry that is a ``Component``, in the order of the names.
  public var drafts: [any AnyDraft] {
    names.compactMap { name in
      (entries[name]?.entry as? any AnyComponent)?.draft(title: "\(kind) \(name)")
    }
  }

  /// The names with their summaries, one a line, for `--list`.
  public var listing: String {
    let width = names.map(\.count).max() ?? 0
    let lines = names.map { name in
      let pad = String(repeating: " ", count: width - name.count)
      return "  \(name)\(pad)  \(summary(of: name))"
    }
    return ([kind + ":"] + lines).joined(separator: "\n")
  }
}

extension Registry: Sendable where Entry: Sendable {}

/// A name that a registry does not know, or knows already.
public enum RegistryError: Error, Equatable, CustomStringConvertible {
  /// No entry of this name.
  case unknown(kind: String, name: String, known: [String])
  /// A second entry of this name.
  case duplicate(kind: String, name: String)

  /// One sentence with the remedy.
  public var description: String {
    switch self {
    case .unknown(let kind, let name, let known):
      let hint = Spelling.nearest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
      let list = known.isEmpty ? "none" : known.joined(separator: ", ")
      return "no \(kind) named '\(name)'\(hint) (known: \(list))"
    case .duplicate(let kind, let name):
      return "the \(kind) '\(name)' is registered twice: one of the plug-ins must rename it"
    }
  }
}

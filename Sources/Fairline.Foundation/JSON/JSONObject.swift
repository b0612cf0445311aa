/// The members of a JSON object in written order, each key once.
public struct JSONObject: Equatable, Sendable, Sequence {
  private var entries: [(key: String, value: JSONValue)] = []
  private var positions: [String: Int] = [:]

  /// An object without members.
  public init() {}

  /// The keys in written order.
  public var keys: [String] { entries.map(\.key) }

  /// The number of members.
  public var count: Int { entries.count }

  /// The value of a key; assigning nil removes the member.
  public subscript(key: String) -> JSONValue? {
    get { positions[key].map { entries[$0].value } }
    set {
      switch (positions[key], newValue) {
      case (let position?, let value?): entries[position].value = value
      case (nil, let value?):
        positions[key] = entries.count
        entries.append((key, value))
      case (let position?, nil):
        entries.remove(at: position)
        positions = [:]
        for (index, entry) in entries.enumerated() { positions[entry.key] = index }
      case (nil, nil): break
      }
    }
  }

  /// The members in written order.
  public func makeIterator() -> IndexingIterator<[(key: String, value: JSONValue)]> {
    entries.makeIterator()
  }

  /// True when both have the same keys with equal values, in any order.
  public static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.entries.allSatisfy { right[$0.key] == $0.value }
  }
}

/// The members of a JSON object in written order, each key once.
public struct JSONObject: Equatable, Sendable, Sequence {
  private var entries: [(key: String, value: JSONValue)] = []
  /// The places of the keys; kept for large objects only, as small ones are searched faster.
  private var positions: [String: Int] = [:]
  private static let smallCount = 8

  /// An object without members.
  public init() {}

  /// The keys in written order.
  public var keys: [String] { entries.map(\.key) }

  /// The number of members.
  public var count: Int { entries.count }

  /// The value of a key; assigning nil removes the member.
  public subscript(key: String) -> JSONValue? {
    get { place(of: key).map { entries[$0].value } }
    set {
      switch (place(of: key), newValue) {
      case (let position?, let value?): entries[position].value = value
      case (nil, let value?):
        entries.append((key, value))
        if entries.count == Self.smallCount + 1 {
          rememberPlaces()
        } else if entries.count > Self.smallCount {
          positions[key] = entries.count - 1
        }
      case (let position?, nil):
        entries.remove(at: position)
        rememberPlaces()
      case (nil, nil): break
      }
    }
  }

  private func place(of key: String) -> Int? {
    guard entries.count > Self.smallCount else { return entries.firstIndex { $0.key == key } }
    return positions[key]
  }

  private mutating func rememberPlaces() {
    positions = [:]
    guard entries.count > Self.smallCount else { return }
    for (index, entry) in entries.enumerated() { positions[entry.key] = index }
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

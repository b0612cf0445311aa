// Why an encoder of our own stands beside Foundation's: settings and headers keep the order in
// which their properties are declared, nil is written as `null` (so that "none" can replace a
// default), a `Float` keeps its shortest form, numbers that are not finite have a text, and
// dictionaries are sorted, so that the same value gives the same bytes in every process.
// `JSONEncoder` can do none of the first three. Decoding needs nothing special and uses
// Foundation's `JSONDecoder`.

/// The place where an encoder leaves its value; containers share it until it is finished.
final class JSONEncodingTarget {
  private var value: JSONValue?
  private var members: [(String, JSONEncodingTarget)] = []
  private var elements: [JSONEncodingTarget] = []
  private enum Kind { case none, plain, object, array }
  private var kind = Kind.none

  func set(_ newValue: JSONValue) {
    kind = .plain
    value = newValue
  }

  /// Puts the members in the order of their keys.
  func sortMembers() { members.sort { $0.0 < $1.0 } }

  func beginObject() { if kind != .object { kind = .object } }
  func beginArray() { if kind != .array { kind = .array } }
  var elementCount: Int { elements.count }

  func member(_ key: String) -> JSONEncodingTarget {
    let target = JSONEncodingTarget()
    members.append((key, target))
    return target
  }

  func element() -> JSONEncodingTarget {
    let target = JSONEncodingTarget()
    elements.append(target)
    return target
  }

  var finished: JSONValue {
    switch kind {
    case .none: return .object(JSONObject())
    case .plain: return value ?? .null
    case .array: return .array(elements.map(\.finished))
    case .object:
      var object = JSONObject()
      for (key, target) in members { object[key] = target.finished }
      return .object(object)
    }
  }

  func encode(_ newValue: some Encodable, _ path: [any CodingKey]) throws {
    switch newValue {
    case let json as JSONValue: set(json)
    case let float as Float: set(Self.number(Double("\(float)") ?? Double(float)))
    case let double as Double: set(Self.number(double))
    default:
      try newValue.encode(to: JSONValueEncoder(target: self, codingPath: path))
      if newValue is any TextKeyed { sortMembers() }
    }
  }

  static func number(_ value: Double) -> JSONValue {
    if value.isNaN { return .string("nan") }
    if value.isInfinite { return .string(value > 0 ? "inf" : "-inf") }
    return .number(value)
  }
}

/// A dictionary of texts, whose order is another one in every process.
private protocol TextKeyed {}
extension Dictionary: TextKeyed where Key == String {}

/// Turns an `Encodable` into a ``JSONValue``, keeping order and writing nil as `null`.
struct JSONValueEncoder: Encoder {
  let target: JSONEncodingTarget
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    target.beginObject()
    return KeyedEncodingContainer(KeyedContainer<Key>(target: target, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    target.beginArray()
    return UnkeyedContainer(target: target, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    SingleContainer(target: target, codingPath: codingPath)
  }
}

private struct SingleContainer: SingleValueEncodingContainer {
  let target: JSONEncodingTarget
  let codingPath: [any CodingKey]

  func encodeNil() { target.set(.null) }
  func encode(_ value: Bool) { target.set(.bool(value)) }
  func encode(_ value: String) { target.set(.string(value)) }
  func encode(_ value: Double) { target.set(JSONEncodingTarget.number(value)) }
  func encode(_ value: Float) throws { try target.encode(value, codingPath) }
  func encode<Value: Encodable>(_ value: Value) throws {
    if let integer = value as? any BinaryInteger {
      guard let whole = Int(exactly: integer) else {
        throw EncodingError.invalidValue(
          value, .init(codingPath: codingPath, debugDescription: "\(value) exceeds 63 bits"))
      }
      target.set(.integer(whole))
    } else {
      try target.encode(value, codingPath)
    }
  }
}

private struct KeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let target: JSONEncodingTarget
  let codingPath: [any CodingKey]

  func encodeNil(forKey key: Key) { target.member(key.stringValue).set(.null) }

  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    try target.member(key.stringValue).encode(value, codingPath + [key])
  }

  func encodeIfPresent<Value: Encodable>(_ value: Value?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }
  func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try present(value, key) }
  func encodeIfPresent(_ value: String?, forKey key: Key) throws { try present(value, key) }
  func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try present(value, key) }
  func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try present(value, key) }
  func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try present(value, key) }
  func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try present(value, key) }
  func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try present(value, key) }

  private func present<Value: Encodable>(_ value: Value?, _ key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    encoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }

  func superEncoder() -> any Encoder {
    JSONValueEncoder(target: target.member("super"), codingPath: codingPath)
  }
  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

  private func encoder(_ key: Key) -> JSONValueEncoder {
    JSONValueEncoder(target: target.member(key.stringValue), codingPath: codingPath + [key])
  }
}

private struct UnkeyedContainer: UnkeyedEncodingContainer {
  let target: JSONEncodingTarget
  let codingPath: [any CodingKey]
  var count: Int { target.elementCount }

  func encodeNil() { target.element().set(.null) }
  func encode<Value: Encodable>(_ value: Value) throws {
    try target.element().encode(value, codingPath)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) -> KeyedEncodingContainer<Nested> {
    JSONValueEncoder(target: target.element(), codingPath: codingPath).container(keyedBy: type)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    JSONValueEncoder(target: target.element(), codingPath: codingPath).unkeyedContainer()
  }

  func superEncoder() -> any Encoder {
    JSONValueEncoder(target: target.element(), codingPath: codingPath)
  }
}

package import Fairline

extension PickleNode {
  /// The value as JSON: settings of a program.
  ///
  /// Objects of unknown classes become null, and so does what lies deeper than settings do or is
  /// more than they are.
  package var json: JSONValue {
    var budget = 200_000
    return json(depth: 16, &budget)
  }

  private func json(depth: Int, _ budget: inout Int) -> JSONValue {
    budget -= 1
    guard depth > 0, budget > 0 else { return .null }
    switch value {
    case .none, .large, .global, .storage, .tensor: return .null
    case .bool(let flag): return .bool(flag)
    case .integer(let number): return .integer(number)
    case .number(let number): return .number(number)
    case .text(let text): return .string(text)
    case .bytes(let bytes): return .string(String(decoding: bytes, as: UTF8.self))
    case .list:
      var all: [JSONValue] = []
      for element in elements ?? [] { all.append(element.json(depth: depth - 1, &budget)) }
      return .array(all)
    case .dictionary, .record:
      if let wrapped { return wrapped.json(depth: depth - 1, &budget) }
      var members = JSONObject()
      for item in items ?? [] { members[item.key] = item.value.json(depth: depth - 1, &budget) }
      return .object(members)
    }
  }

  /// What stands inside a record that only wraps a value: a node of a configuration, a list of
  /// them, or a constant of fairseq's.
  private var wrapped: PickleNode? {
    guard case .record(let place) = value else { return nil }
    let record = heap.records[place]
    if let first = record.arguments.first, record.state == .none,
      record.name.hasPrefix("fairseq.")
    {
      return PickleNode(heap: heap, value: first)
    }
    guard case .dictionary(let state) = record.state else { return nil }
    let attributes = heap.dictionaries[state]
    for name in ["_val", "_content"] {
      guard let item = attributes.last(where: { $0.key == .text(name) }) else { continue }
      if case .dictionary = item.value { return nil }
      return PickleNode(heap: heap, value: item.value)
    }
    return nil
  }
}

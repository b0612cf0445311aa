extension PickleReader {
  /// What a call of a known name stands for.
  package mutating func call(_ name: String, _ arguments: [PickleValue]) throws -> PickleValue {
    switch PickleGlobals.meaning(of: name) {
    case .dictionary: return try dictionary(try items(of: arguments.first))
    case .defaultDictionary: return try dictionary([])
    case .list: return try copied(arguments.first)
    case .bytes: return .bytes(try bytes(of: arguments))
    case .plain:
      guard let first = arguments.first else { return .integer(0) }
      return first
    case .text:
      guard case .text(let text)? = arguments.first else { break }
      return .text(text)
    case .record: return try record(name, arguments)
    case .reconstructed:
      guard case .global(let own)? = arguments.first else { break }
      return try record(own, [])
    case .tensor: return try tensor(arguments)
    case .parameter:
      guard case .tensor? = arguments.first else { break }
      return arguments[0]
    case .numpyScalar: return try scalar(arguments)
    case .storage, .name, nil: break
    }
    throw PickleReason("it calls '\(name)' in a way that checkpoints do not")
  }

  /// What a new object of a known class stands for.
  package mutating func make(_ name: String, _ arguments: [PickleValue]) throws -> PickleValue {
    switch PickleGlobals.meaning(of: name) {
    case .record: return try record(name, arguments)
    case .dictionary: return try dictionary([])
    case .defaultDictionary: return try dictionary([])
    case .list: return try copied(arguments.first)
    default: throw PickleReason("it makes an object of '\(name)', which checkpoints do not")
    }
  }

  /// Gives an object its attributes; those of dictionaries and tensors are not looked at.
  package mutating func build(_ state: PickleValue) throws {
    switch stack.last {
    case .record(let place): heap.records[place].state = state
    case .dictionary, .tensor: break
    default: throw PickleReason("it gives attributes to what has none")
    }
  }

  private mutating func record(_ name: String, _ arguments: [PickleValue]) throws -> PickleValue {
    // The list that they come from may change, so that they are a copy of it.
    try count(arguments.count)
    heap.records.append(PickleRecord(name: name, arguments: arguments))
    return .record(heap.records.count - 1)
  }

  /// The pairs that a dictionary is made of: a list of pairs, or another dictionary.
  private func items(of value: PickleValue?) throws -> [PickleItem] {
    switch value {
    case nil, .some(.none): return []
    case .dictionary(let place): return heap.dictionaries[place]
    case .list(let place):
      return try heap.lists[place].map { pair in
        guard case .list(let inner) = pair, heap.lists[inner].count == 2 else {
          throw PickleReason("a dictionary is made of what are no pairs")
        }
        return PickleItem(key: heap.lists[inner][0], value: heap.lists[inner][1])
      }
    default: throw PickleReason("a dictionary is made of what are no pairs")
    }
  }

  private mutating func copied(_ value: PickleValue?) throws -> PickleValue {
    switch value {
    case nil: return try list([])
    case .list(let place): return try list(heap.lists[place])
    default: throw PickleReason("a list is made of what is none")
    }
  }

  /// Bytes that protocol 2 writes as a text of their values.
  private mutating func bytes(of arguments: [PickleValue]) throws -> [UInt8] {
    switch arguments.first {
    case nil: return []
    case .bytes(let bytes): return bytes
    case .text(let text):
      try count(text.utf8.count)
      return try text.unicodeScalars.map {
        guard let byte = UInt8(exactly: $0.value) else {
          throw PickleReason("bytes are written as a text that is none of latin1")
        }
        return byte
      }
    default: throw PickleReason("bytes are made of what are none")
    }
  }

  /// A number of numpy: its type and its bytes.
  private func scalar(_ arguments: [PickleValue]) throws -> PickleValue {
    guard arguments.count == 2, case .record(let type) = arguments[0],
      case .text(let kind)? = heap.records[type].arguments.first,
      case .bytes(let raw) = arguments[1], raw.count <= 8
    else { throw PickleReason("a number of numpy is not as it should be") }
    // The state of the type begins with its version and the order of bytes.
    var isBig = false
    if case .list(let state) = heap.records[type].state, heap.lists[state].count > 1 {
      isBig = heap.lists[state][1] == .text(">")
    }
    let ordered = isBig ? raw : raw.reversed()
    let word = ordered.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    switch (kind, raw.count) {
    case ("f8", 8): return .number(Double(bitPattern: word))
    case ("f4", 4): return .number(Double(Float(bitPattern: UInt32(word))))
    case ("i8", 8), ("u8", 8): return .integer(Int(Int64(bitPattern: word)))
    case ("i4", 4): return .integer(Int(Int32(truncatingIfNeeded: word)))
    case ("b1", 1): return .bool(word != 0)
    default: return .none
    }
  }
}

extension PickleReader {
  /// Makes containers and fills them.
  package mutating func runContainer(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .emptyTuple, .emptyList, .emptySet: try push(list([]))
    case .tuple, .list, .frozenSet: try push(list(try popMarked()))
    case .tuple1: try pushTuple(1)
    case .tuple2: try pushTuple(2)
    case .tuple3: try pushTuple(3)
    case .emptyDictionary: try push(dictionary([]))
    case .dictionary: try push(dictionary(Self.pairs(try popMarked())))
    case .append: try append([try pop()])
    case .appends, .addItems: try append(try popMarked())
    case .setItem:
      let value = try pop()
      try set([try pop(), value])
    default: try set(try popMarked())
    }
  }

  private mutating func pushTuple(_ length: Int) throws {
    var values: [PickleValue] = []
    for _ in 0..<length { values.append(try pop()) }
    try push(list(values.reversed()))
  }

  /// A new list.
  package mutating func list(_ values: [PickleValue]) throws -> PickleValue {
    try count(values.count)
    heap.lists.append(values)
    return .list(heap.lists.count - 1)
  }

  /// A new dictionary.
  package mutating func dictionary(_ items: [PickleItem]) throws -> PickleValue {
    try count(2 * items.count)
    heap.dictionaries.append(items)
    return .dictionary(heap.dictionaries.count - 1)
  }

  package static func pairs(_ values: [PickleValue]) throws -> [PickleItem] {
    guard values.count % 2 == 0 else { throw PickleReason("a key has no value") }
    return stride(from: 0, to: values.count, by: 2).map {
      PickleItem(key: values[$0], value: values[$0 + 1])
    }
  }

  private mutating func append(_ values: [PickleValue]) throws {
    guard case .list(let place)? = stack.last else {
      throw PickleReason("it appends to what is no list")
    }
    try count(values.count)
    heap.lists[place] += values
  }

  private mutating func set(_ values: [PickleValue]) throws {
    let items = try Self.pairs(values)
    switch stack.last {
    case .dictionary(let place):
      try count(values.count)
      heap.dictionaries[place] += items
    default: throw PickleReason("it puts keys into what is no dictionary")
    }
  }
}

extension PickleHeap {
  /// Refuses values that hold themselves, or lie in too many others.
  package func checkDepth(of value: PickleValue) throws {
    var depths: [PickleValue: Int] = [:]
    var path: Set<PickleValue> = []
    /// Values to look at; those to leave again stand behind their parts.
    var work: [(value: PickleValue, leaves: Bool)] = [(value, false)]
    while let (value, leaves) = work.popLast() {
      // Plain values are not looked up, as texts may be long, nor parts of what is known.
      guard Self.isContainer(value), leaves || depths[value] == nil else { continue }
      let parts = parts(of: value)
      if leaves {
        path.remove(value)
        let depth = 1 + parts.reduce(0) { max($0, depths[$1] ?? 0) }
        guard depth <= PickleLimits.depth else {
          throw PickleError(
            reason: "more than \(PickleLimits.depth) lists lie in each other", offset: 0)
        }
        depths[value] = depth
        continue
      }
      guard path.insert(value).inserted else {
        throw PickleError(reason: "a list lies in itself", offset: 0)
      }
      // A path that is too long already need not be followed.
      guard path.count <= PickleLimits.depth else {
        throw PickleError(
          reason: "more than \(PickleLimits.depth) lists lie in each other", offset: 0)
      }
      work.append((value, true))
      for part in parts { work.append((part, false)) }
    }
  }

  private static func isContainer(_ value: PickleValue) -> Bool {
    switch value {
    case .list, .dictionary, .record: true
    default: false
    }
  }

  /// What lies in a container; nothing in a plain value.
  private func parts(of value: PickleValue) -> [PickleValue] {
    switch value {
    case .list(let place): lists[place]
    case .dictionary(let place): dictionaries[place].flatMap { [$0.key, $0.value] }
    case .record(let place): records[place].arguments + [records[place].state]
    default: []
    }
  }
}

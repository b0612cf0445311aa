/// Reads a pickle into inert values; it never calls anything, and knows a few names only.
///
/// The operations are those that torch writes (protocols 2 to 4). A name that is not listed in
/// ``PickleGlobals`` ends the reading, as do an operation that is not listed, a length beyond the
/// file, and more values or deeper ones than ``PickleLimits`` allows.
package struct PickleReader {
  package var bytes: PickleBytes
  package var heap = PickleHeap()
  package var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var valueCount = 0
  /// What numbers of a tensor are made from.
  private let storage: (TorchStorage) throws -> Void

  /// Begins at a byte.
  ///
  /// - Parameter storage: refuses numbers that the file does not hold.
  package init(
    _ bytes: UnsafeRawBufferPointer, from offset: Int = 0,
    storage: @escaping (TorchStorage) throws -> Void = { _ in }
  ) {
    self.bytes = PickleBytes(bytes, from: offset)
    self.storage = storage
  }

  /// Reads one pickle to its end.
  ///
  /// - Throws: ``PickleError``.
  package mutating func read() throws -> PickleValue {
    while true {
      let start = bytes.offset
      let code = try bytes.byte()
      guard let opcode = PickleOpcode(rawValue: code) else {
        throw PickleError(
          reason: "the operation \(PickleOpcode.name(code)) is not understood", offset: start)
      }
      if opcode == .stop {
        guard stack.count == 1, marks.isEmpty, let value = stack.popLast() else {
          throw bytes.error("it ends in the middle")
        }
        try heap.checkDepth(of: value)
        return value
      }
      do { try run(opcode) } catch let error as PickleReason {
        throw PickleError(reason: error.reason, offset: start)
      }
    }
  }

  private mutating func run(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .proto:
      guard try bytes.byte() <= 5 else { throw bytes.error("the protocol is too new") }
    case .frame: _ = try bytes.integer(UInt64.self)
    case .none: try push(.none)
    case .newTrue: try push(.bool(true))
    case .newFalse: try push(.bool(false))
    case .mark: marks.append(stack.count)
    case .pop: _ = try pop()
    case .popMark: _ = try popMarked()
    case .binInt, .binInt1, .binInt2, .long1, .long4, .binFloat: try runNumber(opcode)
    case .binUnicode, .shortBinUnicode, .binUnicode8, .binString, .shortBinString, .binBytes,
      .shortBinBytes, .binBytes8:
      try runText(opcode)
    case .emptyTuple, .emptyList, .emptySet, .emptyDictionary, .tuple, .tuple1, .tuple2, .tuple3,
      .list, .frozenSet, .dictionary, .append, .appends, .addItems, .setItem, .setItems:
      try runContainer(opcode)
    case .binPut, .longBinPut, .memoize, .binGet, .longBinGet: try runMemo(opcode)
    case .global:
      let module = try bytes.line()
      try pushGlobal(module, try bytes.line())
    case .stackGlobal:
      guard case .text(let name) = try pop(), case .text(let module) = try pop() else {
        throw PickleReason("a name is no text")
      }
      try pushGlobal(module, name)
    case .reduce:
      let arguments = try popList()
      try push(call(try popGlobal(), arguments))
    case .newObject:
      let arguments = try popList()
      try push(make(try popGlobal(), arguments))
    case .newObjectWithNames:
      _ = try pop()
      let arguments = try popList()
      try push(make(try popGlobal(), arguments))
    case .build:
      let state = try pop()
      try build(state)
    case .binPersId: try push(try persistent(try popList(), check: storage))
    case .stop: break
    }
  }

  // MARK: - Numbers and texts

  private mutating func runNumber(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .binInt: try push(.integer(Int(try bytes.integer(Int32.self))))
    case .binInt1: try push(.integer(Int(try bytes.byte())))
    case .binInt2: try push(.integer(Int(try bytes.integer(UInt16.self))))
    case .long1: try push(Self.long(try bytes.take(bytes.length(UInt8.self))))
    case .long4: try push(Self.long(try bytes.take(bytes.length(Int32.self))))
    default: try push(.number(try bytes.double()))
    }
  }

  /// A whole number in two's complement, the lowest byte first.
  private static func long(_ bytes: UnsafeRawBufferPointer) -> PickleValue {
    // Python writes a byte more than it needs when the highest bit would be taken for a sign.
    let fits =
      bytes.count <= 8 || bytes.dropFirst(8).allSatisfy { $0 == (bytes[7] >= 0x80 ? 0xFF : 0) }
    guard fits else { return .large(Array(bytes)) }
    var value: UInt64 = (bytes.last ?? 0) >= 0x80 ? .max : 0
    for byte in bytes.prefix(8).reversed() { value = value << 8 | UInt64(byte) }
    return .integer(Int(Int64(bitPattern: value)))
  }

  private mutating func runText(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .binUnicode: try push(.text(try bytes.text(bytes.length(UInt32.self))))
    case .shortBinUnicode: try push(.text(try bytes.text(bytes.length(UInt8.self))))
    case .binUnicode8: try push(.text(try bytes.text(bytes.length(UInt64.self))))
    case .binString: try pushString(try bytes.take(bytes.length(Int32.self)))
    case .shortBinString: try pushString(try bytes.take(bytes.length(UInt8.self)))
    case .binBytes: try push(.bytes(Array(try bytes.take(bytes.length(UInt32.self)))))
    case .shortBinBytes: try push(.bytes(Array(try bytes.take(bytes.length(UInt8.self)))))
    default: try push(.bytes(Array(try bytes.take(bytes.length(UInt64.self)))))
    }
  }

  /// A string of Python 2, which may be text or not.
  private mutating func pushString(_ raw: UnsafeRawBufferPointer) throws {
    let text = String(validating: raw, as: UTF8.self)
    try push(text.map(PickleValue.text) ?? .bytes(Array(raw)))
  }

  private mutating func pushGlobal(_ module: String, _ name: String) throws {
    guard module.utf8.count + name.utf8.count < PickleLimits.name else {
      throw PickleReason("the name of a class is too long")
    }
    let full = "\(module).\(name)"
    guard PickleGlobals.knows(full) else {
      throw PickleReason(
        "it names '\(full)', which is not among the few classes that checkpoints are made of")
    }
    try push(.global(full))
  }

  // MARK: - Memo

  private mutating func runMemo(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .binPut: try remember(Int(try bytes.byte()))
    case .longBinPut: try remember(Int(try bytes.integer(UInt32.self)))
    case .memoize: try remember(memo.count)
    case .binGet: try push(try recall(Int(try bytes.byte())))
    default: try push(try recall(Int(try bytes.integer(UInt32.self))))
    }
  }

  private mutating func remember(_ key: Int) throws {
    guard let value = stack.last else { throw PickleReason("there is nothing to remember") }
    memo[key] = value
    guard memo.count <= PickleLimits.memo else { throw PickleReason("it remembers too much") }
  }

  private func recall(_ key: Int) throws -> PickleValue {
    guard let value = memo[key] else { throw PickleReason("it recalls what it never had") }
    return value
  }

  // MARK: - Stack

  package mutating func push(_ value: PickleValue) throws {
    try count(1)
    stack.append(value)
  }

  /// Counts values, so that a short file cannot fill the memory.
  package mutating func count(_ values: Int) throws {
    valueCount += values
    guard valueCount <= PickleLimits.values else { throw PickleReason("it holds too many values") }
  }

  package mutating func pop() throws -> PickleValue {
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
      throw PickleReason("it takes a value that is not there")
    }
    return value
  }

  /// Everything since the last mark.
  package mutating func popMarked() throws -> [PickleValue] {
    guard let mark = marks.popLast(), mark <= stack.count else {
      throw PickleReason("there is no mark")
    }
    let values = Array(stack[mark...])
    stack.removeSubrange(mark...)
    return values
  }

  private mutating func popList() throws -> [PickleValue] {
    guard case .list(let place) = try pop() else { throw PickleReason("arguments are no tuple") }
    return heap.lists[place]
  }

  private mutating func popGlobal() throws -> String {
    guard case .global(let name) = try pop() else {
      throw PickleReason("it calls what has no name")
    }
    return name
  }
}

/// Why an operation is refused; the reader adds where.
package struct PickleReason: Error {
  package let reason: String

  package init(_ reason: String) { self.reason = reason }
}

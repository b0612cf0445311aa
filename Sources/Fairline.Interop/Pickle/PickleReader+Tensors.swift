extension PickleReader {
  /// What a persistent name stands for: numbers that lie elsewhere in the file.
  ///
  /// - Parameter check: refuses numbers that the file does not hold.
  package mutating func persistent(
    _ parts: [PickleValue], check: (TorchStorage) throws -> Void
  ) throws -> PickleValue {
    guard parts.count == 5 || parts.count == 6, parts[0] == .text("storage"),
      case .global(let type) = parts[1],
      case .storage(let element)? = PickleGlobals.meaning(of: type),
      let key = Self.key(parts[2]), case .integer(let count) = parts[4]
    else { throw PickleReason("it names something else than the numbers of a tensor") }
    guard 1...20 ~= key.utf8.count, key.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
      throw PickleReason(
        "the numbers of a tensor have the name '\(key.prefix(40))', which is no number")
    }
    guard count >= 0, count <= Int.max / element.size else {
      throw PickleReason("a tensor claims \(count) numbers")
    }
    var storage = TorchStorage(key: key, element: element, count: count)
    if parts.count == 6, parts[5] != .none {
      // A view of another storage: its name, where it begins, how many numbers it has.
      guard case .list(let place) = parts[5], heap.lists[place].count == 3,
        case .integer(let first) = heap.lists[place][1],
        case .integer(let length) = heap.lists[place][2],
        first >= 0, length >= 0, first <= count, length <= count - first
      else { throw PickleReason("a part of a tensor's numbers is not as it should be") }
      storage.first = first
      storage.viewCount = length
    }
    try check(storage)
    heap.storages.append(storage)
    return .storage(heap.storages.count - 1)
  }

  private static func key(_ value: PickleValue) -> String? {
    switch value {
    case .text(let text): text
    case .integer(let number): String(number)
    default: nil
    }
  }

  /// A tensor of some numbers of a storage.
  package mutating func tensor(_ arguments: [PickleValue]) throws -> PickleValue {
    guard arguments.count >= 4, case .storage(let place) = arguments[0],
      case .integer(let offset) = arguments[1]
    else { throw PickleReason("a tensor is not as it should be") }
    let (shape, strides) = (try integers(arguments[2]), try integers(arguments[3]))
    let tensor = TorchTensor(
      storage: heap.storages[place], offset: offset, shape: shape, strides: strides)
    try tensor.check()
    heap.tensors.append(tensor)
    return .tensor(heap.tensors.count - 1)
  }

  private func integers(_ value: PickleValue) throws -> [Int] {
    guard case .list(let place) = value else { throw PickleReason("a shape is no tuple") }
    return try heap.lists[place].map {
      guard case .integer(let number) = $0 else { throw PickleReason("a length is no number") }
      return number
    }
  }
}

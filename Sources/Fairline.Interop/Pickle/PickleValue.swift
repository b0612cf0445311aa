/// What a pickle holds, as inert values: nothing in it can run.
///
/// Lists, dictionaries and records are numbers of places in a ``PickleHeap``, so that a value that
/// is shared, or holds itself, costs nothing to keep or to free.
package enum PickleValue: Hashable, Sendable {
  case none
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case bytes([UInt8])
  /// A whole number of more than 64 bits, as two's complement, the lowest byte first.
  case large([UInt8])
  case list(Int)
  case dictionary(Int)
  /// An object of a class that is known by name only.
  case record(Int)
  /// The name of a class or function, `torch.FloatStorage`.
  case global(String)
  /// The numbers of a tensor in a file.
  case storage(Int)
  case tensor(Int)
}

/// The containers of a pickle.
package struct PickleHeap: Sendable {
  /// Lists, tuples and sets.
  package var lists: [[PickleValue]] = []
  package var dictionaries: [[PickleItem]] = []
  package var records: [PickleRecord] = []
  package var storages: [TorchStorage] = []
  package var tensors: [TorchTensor] = []
}

/// A key and its value.
package struct PickleItem: Hashable, Sendable {
  package let key: PickleValue
  package let value: PickleValue
}

/// An object whose class is only a name.
package struct PickleRecord: Sendable {
  /// The class, `argparse.Namespace`.
  package let name: String
  /// What it was called with.
  package let arguments: [PickleValue]
  /// What it was given afterwards: as a rule the dictionary of its attributes.
  package var state = PickleValue.none
}

/// A value of a pickle with the containers that it may name: the way to walk through one.
package struct PickleNode: Sendable {
  package let heap: PickleHeap
  package let value: PickleValue

  /// A value and the heap that it refers to.
  package init(heap: PickleHeap, value: PickleValue) {
    (self.heap, self.value) = (heap, value)
  }

  private func node(_ value: PickleValue) -> PickleNode { PickleNode(heap: heap, value: value) }

  /// The pairs of a dictionary, or the attributes of a record; nil for anything else.
  package var items: [(key: String, value: PickleNode)]? {
    switch value {
    case .dictionary(let place):
      return heap.dictionaries[place].compactMap { item in
        guard case .text(let key) = item.key else { return nil }
        return (key, node(item.value))
      }
    case .record(let place):
      let state = heap.records[place].state
      if case .record = state { return nil }
      let inner = node(state)
      // A configuration node holds its values under one attribute.
      return inner.items.map { $0.first { $0.key == "_content" }?.value.items ?? $0 }
    default: return nil
    }
  }

  /// The value of a key or attribute.
  package subscript(key: String) -> PickleNode? {
    guard let found = items?.last(where: { $0.key == key })?.value else { return nil }
    return found.value == .none ? nil : found
  }

  /// The values of a dictionary by its keys that are whole numbers; nil for anything else.
  package var numbered: [Int: PickleNode]? {
    guard case .dictionary(let place) = value else { return nil }
    var numbered: [Int: PickleNode] = [:]
    for item in heap.dictionaries[place] {
      if case .integer(let key) = item.key { numbered[key] = node(item.value) }
    }
    return numbered
  }

  /// The elements of a list or tuple; nil for anything else.
  package var elements: [PickleNode]? {
    guard case .list(let place) = value else { return nil }
    return heap.lists[place].map(node)
  }

  /// The tensor; nil for anything else.
  package var tensor: TorchTensor? {
    guard case .tensor(let place) = value else { return nil }
    return heap.tensors[place]
  }

  /// The text; nil for anything else.
  package var text: String? {
    guard case .text(let text) = value else { return nil }
    return text
  }

  /// The whole number; nil for anything else.
  package var integer: Int? {
    guard case .integer(let number) = value else { return nil }
    return number
  }
}

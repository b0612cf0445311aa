/// How an id is stored in a file of binarised text.
package enum ElementType: Sendable, Equatable, CaseIterable {
  /// Unsigned integers of 1, 2, 4 and 8 bytes.
  case uint8, uint16, uint32, uint64
  /// Signed integers of 1, 2, 4 and 8 bytes.
  case int8, int16, int32, int64
  /// Floating-point numbers; no writer of text uses them.
  case float, double

  /// The type with a code of the index file; both 6 and 7 are floating-point.
  ///
  /// - Parameter width: the element size, where the file tells it.
  init?(code: UInt64, width: UInt64? = nil) {
    switch code {
    case 1: self = .uint8
    case 2: self = .int8
    case 3: self = .int16
    case 4: self = .int32
    case 5: self = .int64
    case 6, 7: self = width == 4 ? .float : .double
    case 8: self = .uint16
    case 9: self = .uint32
    case 10: self = .uint64
    default: return nil
    }
    if let width, width != UInt64(self.width) { return nil }
  }

  /// The type that fairseq's writer picks for a vocabulary; nil stands for an unknown size.
  package init(vocabularySize: Int?) {
    guard let vocabularySize else {
      self = .uint32
      return
    }
    self = vocabularySize < 65_500 ? .uint16 : vocabularySize < 4_294_967_295 ? .uint32 : .int64
  }

  /// The code in the index file.
  var code: UInt8 {
    switch self {
    case .uint8: 1
    case .int8: 2
    case .int16: 3
    case .int32: 4
    case .int64: 5
    case .float: 6
    case .double: 7
    case .uint16: 8
    case .uint32: 9
    case .uint64: 10
    }
  }

  /// Bytes per element.
  package var width: Int {
    switch self {
    case .uint8, .int8: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float: 4
    case .uint64, .int64, .double: 8
    }
  }
}

extension ElementType {
  /// Reads one element; nil when it is no integer that an `Int` can hold.
  @inline(__always)
  func element(at index: Int, of bytes: UnsafeRawBufferPointer) -> Int? {
    let offset = index * width
    func load<Value: FixedWidthInteger>(_ type: Value.Type) -> Int? {
      Int(exactly: Value(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type)))
    }
    return switch self {
    case .uint8: load(UInt8.self)
    case .int8: load(Int8.self)
    case .int16: load(Int16.self)
    case .uint16: load(UInt16.self)
    case .int32: load(Int32.self)
    case .uint32: load(UInt32.self)
    case .int64: load(Int64.self)
    case .uint64: load(UInt64.self)
    case .float:
      Int(exactly: bytes.loadUnaligned(fromByteOffset: offset, as: Float.self))
    case .double:
      Int(exactly: bytes.loadUnaligned(fromByteOffset: offset, as: Double.self))
    }
  }

  /// Appends ids to bytes in this type; they must fit.
  func append(_ ids: [Int32], to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + ids.count * width)
    func store<Value: FixedWidthInteger>(_ type: Value.Type) {
      for id in ids {
        withUnsafeBytes(of: Value(id).littleEndian) { bytes.append(contentsOf: $0) }
      }
    }
    switch self {
    case .uint8: store(UInt8.self)
    case .int8: store(Int8.self)
    case .int16: store(Int16.self)
    case .uint16: store(UInt16.self)
    case .int32: store(Int32.self)
    case .uint32: store(UInt32.self)
    case .int64: store(Int64.self)
    case .uint64: store(UInt64.self)
    case .float, .double: preconditionFailure("ids are written as integers")
    }
  }
}
